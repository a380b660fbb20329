//! Definition, references, rename.

mod common;

use common::{At, BODY, HEAD, at, in_play};

#[track_caller]
fn definition(cursor: &At, wanted: &str, before: &str) {
    let range = cursor.analysis.definition(cursor.offset).expect("a name with a declaration");
    assert_eq!(cursor.slice(&range), wanted);
    let line = cursor.text[..range.start].rsplit('\n').next().unwrap_or("");
    assert_eq!(line, before);
}

#[test]
fn names_lead_to_their_declarations() {
    definition(&in_play("actions: {entry_long: \"ema$0_9 > 1\"}\n"), "ema_9", "  ");
    definition(&in_play("actions:\n  entry_long: [close, \">\", ema_9$0]\n"), "ema_9", "  ");
    definition(&in_play("actions:\n  entry_long: \"close > mac$0d.signal\"\n"), "macd", "  ");
    definition(&in_play("actions:\n  entry_long: \"ca$0lm and close > 1\"\n"), "calm", "  ");
    definition(&in_play("actions:\n  entry_long: {setup: ca$0lm}\n"), "calm", "  ");
    definition(
        &in_play("actions:\n  entry_long: \"close > swi$0ng.high_level\"\n"),
        "swing",
        "    - {type: swing, key: ",
    );
    let role = in_play("actions: {entry_long: \"close > 1\"}$0\n");
    let offset = role.text.find("tf: med_tf").expect("the body has it") + 5;
    let range = role.analysis.definition(offset).expect("a role is declared under `timeframes`");
    assert_eq!(&role.text[range.start..range.end + 4], "med_tf: 1h");
    let uses = in_play("actions: {entry_long: \"close > 1\"}$0\n");
    let offset = uses.text.find("uses: swing").expect("the body has it") + 7;
    assert_eq!(uses.slice(&uses.analysis.definition(offset).expect("a structure")), "swing");
    let risk = in_play("risk_model: {stop_loss: {type: atr_multiple, atr_feature_id: atr$0_14}}\n");
    definition(&risk, "atr_14", "  ");
    let variable = at(&format!(
        "{HEAD}variables: {{len: 9}}\nfeatures:\n  x: {{indicator: ema, params: {{length: \"${{le$0n}}\"}}}}\n"
    ));
    definition(&variable, "len", "variables: {");
}

#[test]
fn words_of_the_language_and_of_outputs_are_no_names() {
    let feature = "  bullish: {indicator: sma, params: {length: 9}}\nstructures:";
    let body = BODY.replace("structures:", feature);
    let text = format!(
        "{HEAD}{body}actions:\n  entry_long: \"ms.bos_direction == bull$0ish and close > bullish\"\n"
    );
    let cursor = at(&text);
    assert_eq!(cursor.analysis.definition(cursor.offset), None);
    let second = cursor.text.rfind("bullish").expect("it is there twice");
    assert!(cursor.analysis.definition(second).is_some());
    assert_eq!(in_play("actions: {entry_long: \"cl$0ose > 1\"}\n").analysis.definition(0), None);
}

#[test]
fn references_are_all_places() {
    let text = "  again: {indicator: rsi, source: macd.signal}\nactions:\n  entry_long: \"macd.signal > macd.macd\"\n  \
                exit_long: [mac$0d.histogram, \"<\", 0]\n";
    let body = BODY.replace("structures:\n", "");
    let features = body.split("  exec:").next().unwrap_or("");
    let cursor = at(&format!("{HEAD}{features}{text}"));
    let places = cursor.analysis.references(cursor.offset, true);
    assert_eq!(places.len(), 5, "{places:?}");
    assert!(places.iter().all(|r| cursor.slice(r) == "macd"));
    assert_eq!(cursor.analysis.references(cursor.offset, false).len(), 4);
}

#[test]
fn a_score_names_conditions_before_the_colon() {
    let cursor = in_play("actions:\n  entry_long: \"score(min: 2, ca$0lm: 2, ema_9 > 1: 1)\"\n");
    assert_eq!(cursor.analysis.references(cursor.offset, true).len(), 2);
}

#[track_caller]
fn renamed(cursor: &At, new_name: &str) -> String {
    let edits = cursor.analysis.rename(cursor.offset, new_name).expect("the name can be changed");
    let mut text = cursor.text.clone();
    for edit in edits.iter().rev() {
        text.replace_range(edit.range.clone(), &edit.text);
    }
    text
}

/// Wherever a condition may stand: also with a side of its own.
#[test]
fn names_in_filters_are_renamed() {
    for filters in [
        "filters: \"ema_9 > 1\"",
        "filters: [\"ema_9 > 1\", [ema_9, \">\", 2]]",
        "filters: {entry_long: \"ema_9 > 1\"}",
        "filters:\n  entry_short:\n    any: [[ema_9, \">\", 2], calm]",
    ] {
        let cursor = in_play(&format!("{filters}\nactions: {{entry_long: \"em$0a_9 > 1\"}}\n"));
        assert_eq!(renamed(&cursor, "quick").matches("ema_9").count(), 0, "{filters}");
    }
}

#[test]
fn rename_changes_every_place() {
    let cursor = in_play(
        "actions:\n  entry_long: \"rsi_14 < 70 and rsi_$014[1] > 3\"\n  exit_long: [rsi_14, \">\", 80]\n",
    );
    let text = renamed(&cursor, "strength");
    assert!(!text.contains("rsi_14"), "{text}");
    assert!(text.contains("strength[1] > 3") && text.contains("calm: \"strength between"), "{text}");
    let after = ide::Analysis::new("test.yml", &text, &driver::Options::default());
    assert_eq!(after.diagnostics().len(), cursor.analysis.diagnostics().len(), "{:?}", after.diagnostics());
    let setup = in_play("actions:\n  entry_long: {setup: calm}\n  exit_long: \"cal$0m\"\n");
    assert_eq!(renamed(&setup, "quiet").matches("quiet").count(), 3);
    let structure = in_play("actions:\n  entry_long: \"close > swi$0ng.high_level\"\n");
    let text = renamed(&structure, "pivots");
    assert!(text.contains("type: swing, key: pivots") && text.contains("uses: pivots"), "{text}");
    let variable = at(&format!(
        "{HEAD}variables: {{len: 9}}\nfeatures:\n  x: {{indicator: ema, params: {{length: \"${{le$0n}}\"}}}}\n\
         actions: {{entry_long: \"x > ${{len}}\"}}\n"
    ));
    assert_eq!(renamed(&variable, "bars").matches("${bars}").count(), 2);
}

#[test]
fn rename_refuses_what_would_do_harm() {
    let refusal = |new_name: &str| {
        let cursor = in_play("actions: {entry_long: \"ema$0_9 > 1 and calm\"}\n");
        cursor.analysis.rename(cursor.offset, new_name).expect_err(new_name).0
    };
    for bad in ["", "9x", "a b", "a-b", "and", "near", "close", "position_side", "high"] {
        assert!(!refusal(bad).is_empty(), "{bad}");
    }
    assert!(refusal("rsi_14").contains("already"));
    assert!(refusal("calm").contains("already"));
    assert!(refusal("swing").contains("already"));
    // the name also stands in a variable, which a rename does not see through
    let hidden = at(&format!(
        "{HEAD}variables: {{base: ema_9}}\n{BODY}actions: {{entry_long: \"${{base}} > 1 and ema$0_9 > 2\"}}\n"
    ));
    let why = hidden.analysis.rename(hidden.offset, "fast").expect_err("a variable holds the name").0;
    assert!(why.contains("variable"), "{why}");
    let nothing = in_play("actions: {entry_long: \"ema_9 $0> 1\"}\n");
    let _ = nothing.analysis.renamable(nothing.offset + 1).expect_err("an operator has no name");
    let role = at("timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low$0_tf}\n");
    let _ = role.analysis.renamable(role.offset).expect_err("roles are words of the language");
}
