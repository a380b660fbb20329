//! What a market is told to do over one cycle of a pattern.

use super::dice::Dice;

/// Positions are in bars of the scale from the cycle's start, levels in standard deviations of such a bar from the
/// price there.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    bars: f64,
    /// Where the price is drawn to, linear between points.
    pub path: Vec<(f64, f64)>,
    /// Factors on the volatility, linear between points, 1 when empty.
    pub volatility: Vec<(f64, f64)>,
    /// How far the price strays from the path.
    pub wander: f64,
    pub walls: Vec<Wall>,
}

/// Levels that the price touches and does not pass, from one bar to another; they may slope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wall {
    pub from: f64,
    pub to: f64,
    pub low: [f64; 2],
    pub high: [f64; 2],
}

impl Script {
    /// Begins at level 0.
    pub(crate) fn new(bars: f64, wander: f64) -> Script {
        Script { bars, path: vec![(0.0, 0.0)], volatility: Vec::new(), wander, walls: Vec::new() }
    }

    /// The path goes on to this level, reached at this part (0 to 1) of the cycle.
    pub(crate) fn to(self, part: f64, level: f64) -> Script {
        let bar = part * self.bars;
        self.at_bar(bar, level)
    }

    pub(crate) fn at_bar(mut self, bar: f64, level: f64) -> Script {
        self.path.push((bar, level));
        self
    }

    pub(crate) fn volatility(mut self, points: &[(f64, f64)]) -> Script {
        self.volatility.extend(points.iter().map(|&(part, factor)| (part * self.bars, factor)));
        self
    }

    pub(crate) fn wall(mut self, parts: [f64; 2], low: [f64; 2], high: [f64; 2]) -> Script {
        self.walls.push(Wall { from: parts[0] * self.bars, to: parts[1] * self.bars, low, high });
        self
    }

    /// Walls about this far to either side that are not quite level, so that their touches are not to the tick.
    pub(crate) fn worn_wall(self, parts: [f64; 2], reach: f64, dice: &mut Dice) -> Script {
        let mut end = || reach * dice.between(0.93, 1.07);
        let (low, high) = ([-end(), -end()], [end(), end()]);
        self.wall(parts, low, high)
    }

    /// Up becomes down.
    pub(crate) fn mirrored(mut self) -> Script {
        self.path.iter_mut().for_each(|(_, level)| *level = -*level);
        for wall in &mut self.walls {
            (wall.low, wall.high) = (wall.high.map(|l| -l), wall.low.map(|l| -l));
        }
        self
    }

    pub(crate) fn mirrored_if(self, mirrored: bool) -> Script {
        if mirrored { self.mirrored() } else { self }
    }

    pub(crate) fn last_level(&self) -> f64 {
        self.path.last().map_or(0.0, |&(_, level)| level)
    }

    /// The end of the path so far, in bars.
    pub(crate) fn last_bar(&self) -> f64 {
        self.path.last().map_or(0.0, |&(bar, _)| bar)
    }

    pub(crate) fn bars(&self) -> f64 {
        self.bars
    }
}

impl Wall {
    /// Low and high at this bar.
    pub(crate) fn at(&self, bar: f64) -> Option<(f64, f64)> {
        if bar < self.from || bar >= self.to {
            return None;
        }
        let part = (bar - self.from) / (self.to - self.from);
        let between = |ends: [f64; 2]| ends[0] + (ends[1] - ends[0]) * part;
        Some((between(self.low), between(self.high)))
    }
}

/// Linear between points sorted by position, flat beyond them. `from` remembers where the last search ended.
pub(crate) fn interpolate(points: &[(f64, f64)], at: f64, from: &mut usize) -> Option<f64> {
    while *from + 1 < points.len() && points[*from + 1].0 <= at {
        *from += 1;
    }
    let &(x0, y0) = points.get(*from)?;
    let Some(&(x1, y1)) = points.get(*from + 1) else { return Some(y0) };
    Some(if at <= x0 { y0 } else { y0 + (y1 - y0) * (at - x0) / (x1 - x0) })
}
