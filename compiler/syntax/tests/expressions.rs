//! What expressions and conditions mean, as trees: precedence, the forms of L4, and the three spellings of L3.

use diagnostics::{Diagnostic, Severity, SourceId};
use syntax::ast::{Expr, Play};
use syntax::print;

const HEAD: &str = "version: \"3.0.0\"
name: case
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 1}
features: {ema_9: {indicator: ema}}
";

fn parse(rest: &str) -> (Play, String, Vec<Diagnostic>) {
    let text = format!("{HEAD}{rest}");
    let (play, mut diagnostics) = syntax::parse(SourceId(0), &text);
    diagnostics.retain(|d| d.severity == Severity::Error);
    (play, text, diagnostics)
}

/// The condition of an entry written as YAML value `written`.
fn condition(written: &str) -> (Expr, String) {
    let (mut play, text, diagnostics) = parse(&format!("actions:\n  entry_long: {written}\n"));
    assert!(diagnostics.is_empty(), "{written}: {diagnostics:#?}");
    let case = play.actions.remove(0).cases.remove(0);
    (case.when, text)
}

fn tree(written: &str) -> String {
    print::expr(&condition(written).0)
}

fn check(table: &[(&str, &str)]) {
    for (written, expected) in table {
        assert_eq!(tree(&format!("'{written}'")), *expected, "{written}");
    }
}

#[test]
fn precedence() {
    check(&[
        ("a > 1 or b > 2 and c > 3", "(or (> a 1) (and (> b 2) (> c 3)))"),
        ("(a > 1 or b > 2) and c > 3", "(and (or (> a 1) (> b 2)) (> c 3))"),
        ("not a > 1 and b > 2", "(and (not (> a 1)) (> b 2))"),
        ("not not a", "(not (not a))"),
        ("a + b * c - d > 0", "(> (- (+ a (* b c)) d) 0)"),
        ("a / b / c % d > -1", "(> (% (/ (/ a b) c) d) -1)"),
        ("-a * -2.5 < - (b + 1)", "(< (* (neg a) -2.5) (neg (+ b 1)))"),
        ("a and b and c or d or e", "(or (and a b c) d e)"),
    ]);
}

#[test]
fn comparisons_and_their_like() {
    check(&[
        (
            "a >= 1 and b <= 2 and c == 3 and d != 4 and e < 5",
            "(and (>= a 1) (<= b 2) (== c 3) (!= d 4) (< e 5))",
        ),
        ("a crosses above b", "(cross_above a b)"),
        ("a  crosses   below b + 1", "(cross_below a (+ b 1))"),
        ("a - b cross_above 0", "(cross_above (- a b) 0)"),
        ("cross_below(a, b)", "(cross_below a b)"),
        ("x between a and b and c", "(and (between x a b) c)"),
        ("x + 1 between -1 and 2 * y", "(between (+ x 1) -1 (* 2 y))"),
        ("x in [1, -1, up]", "(in x 1 -1 \"up\")"),
        ("x in [\"a b\", true]", "(in x \"a b\" true)"),
        ("a near b within 3%", "(near_pct a b 3%)"),
        ("a near b within 50", "(near_abs a b 50)"),
        ("a near_pct b within 0.5 and c", "(and (near_pct a b 0.5) c)"),
        ("near_abs(a, b, 2 * c)", "(near_abs a b (* 2 c))"),
        ("ms.bos_direction == bullish", "(== ms.bos_direction bullish)"),
        ("ms.bos_direction == \"bullish\"", "(== ms.bos_direction \"bullish\")"),
    ]);
}

#[test]
fn values() {
    check(&[
        ("x[3] > macd.histogram[1]", "(> x[3] macd.histogram[1])"),
        ("fib.level[0.618] < fib.level_0.618", "(< fib.level[0.618] fib.level_0.618)"),
        ("zones.zone[0].state == active", "(== zones.zone[0].state active)"),
        ("4h_trend.direction > 1e3", "(> 4h_trend.direction 1000.0)"),
        ("squeeze.in > a.near", "(> squeeze.in a.near)"),
        ("abs(a - b) > max(1, min(c, 2.0))", "(> (abs (- a b)) (max 1 (min c 2.0)))"),
        ("a > 3%", "(> a 3%)"),
        ("a % 3 > 10 %3", "(> (% a 3) (% 10 3))"),
        ("a > .5", "(> a 0.5)"),
        ("цена > 3", "(> цена 3)"),
        ("true or false", "(or true false)"),
    ]);
}

#[test]
fn windows() {
    check(&[
        ("holds_for(5, a > 1 and b > 2)", "(holds_for 5 (and (> a 1) (> b 2)))"),
        ("occurred_within(30m, a > 1)", "(occurred_within 1800000ms (> a 1))"),
        ("holds_for_duration(1d, a)", "(holds_for 86400000ms a)"),
        ("count_true(10, 6, a) and b", "(and (count_true 10 min 6 a) b)"),
        ("holds_for(5, a, anchor_tf: 1h)", "(holds_for 5 of 1h a)"),
        ("holds_for(5, a, anchor_tf=D)", "(holds_for 5 of D a)"),
        ("not holds_for(2, occurred_within(3, a))", "(not (holds_for 2 (occurred_within 3 a)))"),
        ("setup(pullback) or setup(\"other\")", "(or (setup pullback) (setup other))"),
    ]);
}

/// L3: what is written in different ways is one tree.
#[test]
fn spellings_agree() {
    let groups: &[&[&str]] = &[
        &[
            "[a, '>', b]",
            "'a > b'",
            "{lhs: a, op: '>', rhs: b}",
            "{'>': [a, b]}",
            "[[a, '>', b]]",
            "{all: [[a, '>', b]]}",
        ],
        &["[a, near_pct, b, 3]", "'a near_pct b within 3'", "{lhs: a, op: near_pct, rhs: b, tolerance: 3}"],
        &["[a, between, [1, 2]]", "[a, between, {low: 1, high: 2}]", "'a between 1 and 2'"],
        &["[a, in, [x, 1]]", "'a in [x, 1]'"],
        &["[[a, '-', b], '>', 0]", "['a - b', '>', 0]", "[{'-': [a, b]}, '>', 0]", "'a - b > 0'"],
        &["[a, cross_above, {'*': [b, 2]}]", "'a crosses above b * 2'", "[a, 'crosses above', [b, '*', 2]]"],
        &[
            "[[a, '>', 1], [b, '<', 2]]",
            "'a > 1 and b < 2'",
            "['a > 1', [b, '<', 2]]",
            "{all: ['a > 1', 'b < 2']}",
        ],
        &["{any: [[a, '>', 1], 'b < 2']}", "'a > 1 or b < 2'"],
        &["{not: [a, '>', 1]}", "'not a > 1'", "{not: {lhs: a, op: '>', rhs: 1}}"],
        &["{not: [[a, '>', 1], 'b < 2']}", "'not (a > 1 and b < 2)'"],
        &[
            "{holds_for: {bars: 5, expr: [a, '>', 1]}}",
            "'holds_for(5, a > 1)'",
            "{holds_for: {bars: 5, expr: [[a, '>', 1]]}}",
        ],
        &[
            "{count_true: {bars: 5, min_true: 2, anchor_tf: 1h, expr: 'a'}}",
            "'count_true(5, 2, a, anchor_tf: 1h)'",
        ],
        &["{occurred_within_duration: {duration: 30m, expr: 'a'}}", "'occurred_within(30m, a)'"],
        &["{setup: s}", "'setup(s)'"],
        // Sibling keys are joined by and, in the order of the file.
        &["{all: ['a', 'b'], any: ['c', 'd'], not: 'e'}", "'(a and b) and (c or d) and not e'"],
        &["{feature_id: fib, field: 'level[0.618]'}", "'fib.level[0.618]'"],
        &["[x, '==', -1]", "'x == -1'"],
        &["[x, '==', true]", "'x == true'"],
        &["{all: [a, '>', b]}", "{all: 'a > b'}"],
    ];
    for group in groups {
        let first = flat(&tree(group[0]));
        for other in &group[1..] {
            assert_eq!(flat(&tree(other)), first, "{} and {other}", group[0]);
        }
    }
}

/// `(and (and a b) c)` and `(and a)` mean what `(and a b c)` and `a` do; the spellings differ in that alone.
fn flat(tree: &str) -> String {
    let mut tree = tree.to_owned();
    if let Some(inner) = tree.strip_prefix("(and ").and_then(|t| t.strip_suffix(')'))
        && balanced_items(inner) == 1
    {
        tree = inner.to_owned();
    }
    tree.replace("(and (and a b) ", "(and a b ")
}

fn balanced_items(text: &str) -> usize {
    let mut depth = 0;
    let spaces = text.chars().filter(|c| {
        depth += i32::from(*c == '(') - i32::from(*c == ')');
        *c == ' ' && depth == 0
    });
    spaces.count() + 1
}

#[test]
fn the_long_form_keeps_its_offset() {
    assert_eq!(tree("[{feature_id: rsi_14, field: value, offset: 2}, '>', 3]"), "(> rsi_14.value@2 3)");
}

#[test]
fn search_ranges_stand_for_numbers() {
    assert_eq!(
        tree("[rsi_14, '<', {min: 20, max: 40, step: 5, default: 30}]"),
        "(< rsi_14 (search 20..40 by 5 default 30))"
    );
    assert_eq!(
        tree("{holds_for: {bars: {choices: [2, 3]}, expr: 'a'}}"),
        "(holds_for (search [2.0, 3.0]) a)"
    );
}

#[test]
fn variables_are_typed_alone_and_text_inside() {
    let (play, _, diagnostics) = parse(
        "variables: {n: 14, name: rsi, level: \"${n}\", on: true, range: {min: 1, max: 3, step: 1}}
actions:
  entry_long: \"${name}_${n} < ${level} and x == ${on}\"
  exit_long: [\"${name}_14\", \">\", \"${n}\"]
setups:
  s: {holds_for: {bars: \"${range}\", expr: a}}
",
    );
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    assert_eq!(print::expr(&play.actions[0].cases[0].when), "(and (< rsi_14 14) (== x true))");
    assert_eq!(print::expr(&play.actions[1].cases[0].when), "(> rsi_14 14)");
    assert_eq!(print::expr(&play.setups[0].condition), "(holds_for (search 1..3 by 1) a)");
    assert!(play.variables.iter().all(|v| v.used));
}

#[test]
fn variables_cannot_blow_up() {
    let mut section = "variables:\n  v0: \"xxxxxxxxxxxxxxxx\"\n".to_owned();
    for n in 1..40 {
        section.push_str(&format!("  v{n}: \"${{v{0}}} ${{v{0}}}\"\n", n - 1));
        section.push_str(&format!("  l{n}: [\"${{l{0}}}\", \"${{l{0}}}\"]\n", n - 1));
    }
    section.push_str("  d0: [1]\n");
    for n in 1..300 {
        section.push_str(&format!("  d{n}: [\"${{d{}}}\"]\n", n - 1));
    }
    let (_, _, diagnostics) = parse(&section);
    assert!(diagnostics.iter().any(|d| d.message == "the variables expand to too much"));
}

/// Every name of a tree is where its span says, in all spellings, quotes and foldings.
#[test]
fn spans_point_at_what_was_written() {
    for written in [
        "'alpha > beta.gamma'",
        "\"alpha > beta.gamma\"",
        "alpha > beta.gamma",
        ">\n    alpha >\n      beta.gamma\n",
        "|\n    alpha\n    > beta.gamma\n",
        "'alpha >\n    beta.gamma'",
        "[alpha, \">\", beta.gamma]",
        "- - alpha\n    - '>'\n    - beta.gamma".replace("- -", "\n  - -").as_str(),
    ] {
        let (when, text) = condition(written);
        let syntax::ast::ExprKind::Compare { left, right, .. } = &when.kind else {
            panic!("{written}: {when:?}")
        };
        assert_eq!(&text[left.span.range()], "alpha", "{written}");
        assert_eq!(&text[right.span.range()], "beta.gamma", "{written}");
    }
}
