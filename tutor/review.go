package tutor

import (
	"math"
	"time"
)

// Spaced review after FSRS-6 (Ye, open-spaced-repetition), with its published
// default weights. It schedules; it makes no claim of accuracy.
var fsrs = [21]float64{
	.212, 1.2931, 2.3065, 8.2956, 6.4133, .8334, 3.0194, .001, 1.8722, .1666, .796,
	1.4835, .0614, .2629, 1.6483, .6014, 1.8729, .5425, .0912, .0658, .1542,
}

const (
	// wantedRetention is the retrievability at which a review falls due.
	wantedRetention = .9
	day             = 24 * time.Hour
	stabilityLeast  = .001 // days
	stabilityMost   = 36500
)

// Constants of the weights that every review needs.
var (
	fsrsFactor     = math.Pow(wantedRetention, -1/fsrs[20]) - 1
	fsrsGrowth     = math.Exp(fsrs[8])
	fsrsEasy       = initialDifficulty(4)
	fsrsSameDay    = [5]float64{1: math.Exp(fsrs[17] * (1 - 3 + fsrs[18])), 2: math.Exp(fsrs[17] * (2 - 3 + fsrs[18])), 3: math.Exp(fsrs[17] * fsrs[18]), 4: math.Exp(fsrs[17] * (1 + fsrs[18]))}
	fsrsForgetLoss = math.Exp(fsrs[17] * fsrs[18])
)

// The grades of a review. There is no evidence of ease in a conversation, so
// nothing is ever graded "easy".
const (
	gradeAgain = 1
	gradeHard  = 2
	gradeGood  = 3
)

// grade reads a review's grade off the evidence: more wrong than right is a
// lapse, right with a good deal of help is hard.
func grade(y float64) int {
	switch {
	case y < .5:
		return gradeAgain
	case y < .75:
		return gradeHard
	}
	return gradeGood
}

// Retrievability is the probability that the skill can be recalled now, 1
// before the first review.
func (s SkillState) Retrievability(now time.Time) float64 {
	if s.Stability <= 0 || !now.After(s.LastAt) {
		return 1
	}
	return retrievability(s.Stability, now.Sub(s.LastAt).Hours()/24)
}

func retrievability(stability, days float64) float64 {
	return math.Pow(1+fsrsFactor*days/stability, -fsrs[20])
}

// review moves stability, difficulty and the due date by one review. Evidence
// that says next to nothing is not a review.
func review(s SkillState, y float64, at time.Time) SkillState {
	if math.Abs(y-.5) < .05 {
		return s
	}
	g := grade(y)
	elapsed := at.Sub(s.LastAt)
	switch {
	case s.Stability == 0:
		s.Stability, s.Difficulty = fsrs[g-1], initialDifficulty(g)
	case elapsed < day:
		s.Stability = sameDay(s.Stability, g)
		s.Difficulty = nextDifficulty(s.Difficulty, g)
	default:
		s.Stability = nextStability(s.Stability, s.Difficulty, elapsed.Hours()/24, g)
		s.Difficulty = nextDifficulty(s.Difficulty, g)
	}
	s.Stability = math.Min(math.Max(s.Stability, stabilityLeast), stabilityMost)
	// At a wanted retention of .9 the interval equals the stability.
	s.Due = at.Add(time.Duration(s.Stability * float64(day)))
	return s
}

func initialDifficulty(g int) float64 {
	return math.Min(math.Max(fsrs[4]-math.Exp(fsrs[5]*float64(g-1))+1, 1), 10)
}

func nextDifficulty(d float64, g int) float64 {
	moved := d - float64(fsrs[6]*float64(g-3))*(10-d)/9
	return math.Min(math.Max(float64(fsrs[7]*fsrsEasy)+float64((1-fsrs[7])*moved), 1), 10)
}

func sameDay(stability float64, g int) float64 {
	growth := fsrsSameDay[g] * math.Pow(stability, -fsrs[19])
	if g >= gradeGood {
		growth = math.Max(growth, 1)
	}
	return float64(stability * growth)
}

func nextStability(stability, difficulty, days float64, g int) float64 {
	r := retrievability(stability, days)
	if g == gradeAgain {
		lapsed := fsrs[11] * math.Pow(difficulty, -fsrs[12]) * (math.Pow(stability+1, fsrs[13]) - 1) * math.Exp(fsrs[14]*(1-r))
		return math.Min(lapsed, stability/fsrsForgetLoss)
	}
	growth := fsrsGrowth * (11 - difficulty) * math.Pow(stability, -fsrs[9]) * (math.Exp(fsrs[10]*(1-r)) - 1)
	if g == gradeHard {
		growth *= fsrs[15]
	}
	return float64(stability * (1 + growth))
}
