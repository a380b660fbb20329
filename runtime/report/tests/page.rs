//! report.html: whole, self-contained, safe against what users write, the same bytes every time.

mod common;

use common::{busy, quiet};
use report::html::page;

/// What a data script holds, decoded.
fn chart_data(html: &str) -> serde_json::Value {
    let begin = html.find("id=\"chart-data\">").expect("there is chart data") + "id=\"chart-data\">".len();
    let end = begin + html[begin..].find("</script>").expect("the script ends");
    serde_json::from_str(&html[begin..end]).expect("the data is JSON")
}

#[test]
fn it_needs_no_network_and_no_other_file() {
    for made in [busy(600, "1h", 25), quiet()] {
        let html = page(&made.run());
        for outside in ["http:", "https:", "src=", "@import", "url(", "<link", "fetch(", "XMLHttp"] {
            assert!(!html.contains(outside), "`{outside}` is in the page");
        }
        assert!(!html.contains("NaN") && !html.contains("inf "), "an undefined number is shown");
    }
}

#[test]
fn it_is_the_same_every_time() {
    assert_eq!(page(&busy(600, "1h", 25).run()), page(&busy(600, "1h", 25).run()));
}

#[test]
fn what_users_write_is_escaped() {
    const HOSTILE: &str = "</script><img onerror=alert(1)>&\"'";
    let mut made = busy(300, "1h", 25);
    made.result.play = HOSTILE.into();
    made.result.symbol = HOSTILE.into();
    made.setup.program.identity.play = HOSTILE.into();
    made.result.funnel[0].action = HOSTILE.into();
    made.result.funnel[0].cases[0].text = HOSTILE.into();
    made.result.funnel[0].cases[0].conjuncts[0].text = HOSTILE.into();
    made.certificate.files = vec![HOSTILE.into()];
    made.columns[0].name = HOSTILE.into();
    made.warnings = vec![HOSTILE.into()];
    let html = page(&made.run());
    assert!(!html.contains("<img"));
    // Data, chart and table: three scripts, three ends.
    assert_eq!(html.matches("</script>").count(), 3);
    assert_eq!(chart_data(&html)["overlays"][0]["name"], HOSTILE);
}

#[test]
fn the_chart_has_every_bar_and_every_trade() {
    let made = busy(600, "1h", 25);
    let html = page(&made.run());
    let data = chart_data(&html);
    let bars = &made.setup.hand.clocks[0];
    let numbers = |name: &str| -> Vec<f64> {
        data[name].as_array().expect("a list").iter().map(|v| v.as_f64().expect("a number")).collect()
    };
    assert_eq!(numbers("open"), bars.open.to_vec());
    assert_eq!(numbers("high"), bars.high.to_vec());
    assert_eq!(numbers("low"), bars.low.to_vec());
    assert_eq!(numbers("close"), bars.close.to_vec());
    let trades = data["trades"].as_array().expect("a list");
    assert_eq!(trades.len(), made.result.trades.len());
    assert_eq!(trades[0][3].as_f64(), Some(made.result.trades[0].entry_price));
    // Opening times have no place on a chart; missing values are null.
    let names: Vec<_> = data["overlays"].as_array().expect("a list").iter().map(|o| &o["name"]).collect();
    assert_eq!(names, ["sma_9", "sma_21", "spread.value"]);
    assert!(data["overlays"][1]["values"][19].is_null() && data["overlays"][1]["values"][20].is_f64());
}

/// 60,000 minutes: longer candles, and the page says so; highs and lows survive.
#[test]
fn long_runs_are_drawn_in_longer_candles() {
    let made = busy(60_000, "1m", 20);
    assert!(made.result.trades.len() > 1_000, "{} trades", made.result.trades.len());
    let html = page(&made.run());
    let data = chart_data(&html);
    let (factor, candles) = (data["factor"].as_u64(), data["open"].as_array().expect("a list").len());
    assert_eq!((factor, candles), (Some(3), 20_000));
    assert!(html.contains("60,000 bars of 1m are drawn as 20,000 candles of 3 bars each"));
    let bars = &made.setup.hand.clocks[0];
    let highest = bars.high.iter().copied().fold(0.0, f64::max);
    let shown = data["high"].as_array().expect("a list").iter().filter_map(serde_json::Value::as_f64);
    assert_eq!(shown.fold(0.0, f64::max), highest);
    assert!(html.len() < 8_000_000, "{} bytes", html.len());
}

#[test]
fn a_run_without_trades_says_why() {
    let html = page(&quiet().run());
    for part in ["No trade happened", "never held on 400 bars", "Nearest miss", "110 more are missing"] {
        assert!(html.contains(part), "`{part}` is missing");
    }
}
