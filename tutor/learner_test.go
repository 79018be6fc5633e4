package tutor_test

import (
	"bytes"
	"encoding/gob"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"maieutic/tutor"
)

var start = time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)

// randomChain makes a chain of up to 60 entries over some weeks.
func randomChain(r *rand.Rand, skill string) []tutor.Evidence {
	chain := make([]tutor.Evidence, 1+r.IntN(60))
	at := start
	for i := range chain {
		at = at.Add(time.Duration(r.IntN(72)) * time.Hour / time.Duration(1+r.IntN(20)))
		levels := r.IntN(7)
		chain[i] = tutor.Evidence{
			Seq: int64(i + 1), ScoreID: strconv.Itoa(r.IntN(40)), SkillID: skill, ItemID: "a/b/c",
			Y: float64(r.IntN(5)) / 4, Reliability: r.Float64(), Hints: r.IntN(levels + 1), HintLevels: levels,
			Grader: tutor.GraderBuiltin, At: at,
		}
	}
	return chain
}

// raw gives the bytes of a state, so that "the same" means the same.
func raw(t *testing.T, s tutor.SkillState) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestOverrideEqualsScoredThatWayFirst is the promise to teachers, over 10,000
// random logs with several overrides each.
func TestOverrideEqualsScoredThatWayFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	params := tutor.DefaultParams()
	for range 10_000 {
		chain := randomChain(r, "s")
		first := slices.Clone(chain)
		var overrides []tutor.Override
		for range 1 + r.IntN(4) {
			o := tutor.Override{ScoreID: chain[r.IntN(len(chain))].ScoreID, Y: float64(r.IntN(5)) / 4}
			overrides = append(overrides, o)
			for i := range first {
				if first[i].ScoreID == o.ScoreID {
					first[i].Y, first[i].Reliability, first[i].Grader = o.Y, 1, tutor.GraderTeacher
				}
			}
		}
		untouched := slices.Clone(chain)
		got := params.Fold("s", tutor.ApplyOverrides(chain, overrides))
		if want := params.Fold("s", first); !bytes.Equal(raw(t, got), raw(t, want)) {
			t.Fatalf("overridden %+v, scored that way first %+v", got, want)
		}
		if !slices.Equal(chain, untouched) {
			t.Fatal("the log was changed")
		}
		for _, o := range overrides {
			overrides = append(overrides, tutor.Override{ScoreID: o.ScoreID, Undo: true})
		}
		undone := params.Fold("s", tutor.ApplyOverrides(chain, overrides))
		if want := params.Fold("s", chain); !bytes.Equal(raw(t, undone), raw(t, want)) {
			t.Fatalf("undone %+v, never overridden %+v", undone, want)
		}
	}
}

// classic is BKT as Corbett and Anderson write it, for a right or wrong answer.
func classic(l float64, right bool, p tutor.BKTParams) float64 {
	var posterior float64
	if right {
		posterior = l * (1 - p.Slip) / (l*(1-p.Slip) + (1-l)*p.Guess)
	} else {
		posterior = l * p.Slip / (l*p.Slip + (1-l)*(1-p.Guess))
	}
	return posterior + (1-posterior)*p.Learn
}

func drawParams(t *rapid.T) tutor.BKTParams {
	return tutor.BKTParams{
		Prior: rapid.Float64Range(.01, .99).Draw(t, "prior"), Learn: rapid.Float64Range(0, 1).Draw(t, "learn"),
		Forget: rapid.Float64Range(0, .5).Draw(t, "forget"), Guess: rapid.Float64Range(.01, .5).Draw(t, "guess"),
		Slip: rapid.Float64Range(.01, .4).Draw(t, "slip"),
	}
}

func with(p tutor.BKTParams) *tutor.Params {
	return &tutor.Params{Version: "test", Default: p, Hints: tutor.HintDiscount}
}

func TestBinaryEvidenceIsClassicBKT(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawParams(t)
		p.Forget = 0
		s := with(p).NewState("s")
		want := p.Prior
		for _, right := range rapid.SliceOfN(rapid.Bool(), 1, 30).Draw(t, "answers") {
			y := 0.0
			if right {
				y = 1
			}
			s = with(p).Update(s, tutor.Evidence{Y: y, Reliability: 1})
			want = classic(want, right, p)
			if math.Abs(s.Mastery-want) > 1e-12 {
				t.Fatalf("mastery %v, classic %v", s.Mastery, want)
			}
		}
	})
}

func TestHalfSaysNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawParams(t)
		p.Learn, p.Forget = 0, 0
		s := with(p).NewState("s")
		for _, e := range []tutor.Evidence{{Y: .5, Reliability: 1}, {Y: 1, Reliability: 0}, {Y: 0, Reliability: 0}} {
			if after := with(p).Update(s, e); after.Mastery != s.Mastery || after.Effective != 0 || after.Stability != 0 {
				t.Fatalf("%+v moved the state to %+v", e, after)
			}
		}
	})
}

func drawEvidence(t *rapid.T, label string) tutor.Evidence {
	levels := rapid.IntRange(0, 8).Draw(t, label+"levels")
	return tutor.Evidence{
		Y: rapid.Float64Range(0, 1).Draw(t, label+"y"), Reliability: rapid.Float64Range(0, 1).Draw(t, label+"reliability"),
		Hints: rapid.IntRange(0, levels).Draw(t, label+"hints"), HintLevels: levels, At: start,
	}
}

func TestMonotoneInY(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		params := with(drawParams(t))
		// Learning more from a wrong answer than forgetting takes from a right one
		// would turn the order round; no fitted skill does.
		if params.Default.Learn+params.Default.Forget > 1 {
			params.Default.Forget = 0
		}
		params.Hints = rapid.SampledFrom([]tutor.HintModel{tutor.HintDiscount, tutor.HintGuess}).Draw(t, "model")
		low := drawEvidence(t, "")
		high := low
		high.Y = rapid.Float64Range(low.Y, 1).Draw(t, "higher")
		s := params.NewState("s")
		if a, b := params.Update(s, low).Mastery, params.Update(s, high).Mastery; a > b+1e-12 {
			t.Fatalf("y %v gives %v, y %v gives %v", low.Y, a, high.Y, b)
		}
	})
}

func TestMoreHintsNeverRaiseEvidence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		params := with(drawParams(t))
		params.Default.Learn = math.Min(params.Default.Learn, 1-params.Default.Forget)
		few := drawEvidence(t, "")
		many := few
		many.Hints = rapid.IntRange(few.Hints, few.HintLevels).Draw(t, "more")
		if many.Effective() > few.Effective() {
			t.Fatalf("%d hints say %v, %d say %v", few.Hints, few.Effective(), many.Hints, many.Effective())
		}
		s := params.NewState("s")
		if a, b := params.Update(s, few).Mastery, params.Update(s, many).Mastery; b > a+1e-12 {
			t.Fatalf("%d hints give %v, %d give %v", few.Hints, a, many.Hints, b)
		}
	})
}

func TestStatesStayInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		params := with(drawParams(t))
		s := params.NewState("s")
		for i := range rapid.IntRange(1, 40).Draw(t, "n") {
			e := drawEvidence(t, strconv.Itoa(i))
			if rapid.Bool().Draw(t, "absurd") {
				e.Y = rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), -3, 7}).Draw(t, "y")
			}
			e.At = start.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "hours")) * time.Hour)
			s = params.Update(s, e)
			for _, v := range []float64{s.Mastery, s.Low, s.High} {
				if !(v >= 0 && v <= 1) {
					t.Fatalf("after %+v: %+v", e, s)
				}
			}
			if !(s.Low <= s.Mastery+params.Default.Learn+1e-9) || !(s.Stability >= 0) || !(s.Difficulty >= 0 && s.Difficulty <= 10) || math.IsNaN(s.Effective) {
				t.Fatalf("after %+v: %+v", e, s)
			}
		}
	})
}

func TestTrailEndsWhereTheFoldDoes(t *testing.T) {
	params := tutor.DefaultParams()
	chain := randomChain(rand.New(rand.NewPCG(3, 4)), "s")
	trail := params.Trail("s", chain)
	if got, want := trail[len(trail)-1].After, params.Fold("s", chain).Mastery; got != want {
		t.Errorf("trail ends at %v, fold at %v", got, want)
	}
	for i := 1; i < len(trail); i++ {
		if trail[i].Before != trail[i-1].After {
			t.Errorf("step %d begins at %v, the one before ended at %v", i, trail[i].Before, trail[i-1].After)
		}
	}
}

func TestEnoughNeedsThreeFullObservations(t *testing.T) {
	params := tutor.DefaultParams()
	s := params.NewState("s")
	for i := range 3 {
		if s.Enough() {
			t.Fatalf("enough after %d", i)
		}
		s = params.Update(s, tutor.Evidence{Y: 1, Reliability: 1, At: start})
	}
	if !s.Enough() {
		t.Error("three full observations are not enough")
	}
}

func TestReviewDates(t *testing.T) {
	params := tutor.DefaultParams()
	right := func(s tutor.SkillState, at time.Time) tutor.SkillState {
		return params.Update(s, tutor.Evidence{Y: 1, Reliability: 1, At: at})
	}
	first := right(params.NewState("s"), start)
	if days := first.Due.Sub(start).Hours() / 24; math.Abs(days-2.3065) > 1e-3 {
		t.Errorf("first review after %.4f days, want w[2] = 2.3065", days)
	}
	if r := first.Retrievability(first.Due); math.Abs(r-.9) > 1e-6 {
		t.Errorf("retrievability when due is %v, want .9", r)
	}
	second := right(first, first.Due)
	if second.Stability <= first.Stability {
		t.Errorf("a review that went well shortened the interval: %v to %v days", first.Stability, second.Stability)
	}
	lapsed := params.Update(second, tutor.Evidence{Y: 0, Reliability: 1, At: second.Due})
	if lapsed.Stability >= second.Stability || lapsed.Difficulty <= second.Difficulty {
		t.Errorf("a lapse left %+v after %+v", lapsed, second)
	}
}

func TestParamsValidate(t *testing.T) {
	good := tutor.DefaultParams()
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*tutor.Params){
		"guess":   func(p *tutor.Params) { p.Default.Guess = .6 },
		"slip":    func(p *tutor.Params) { p.Default.Slip = .5 },
		"nan":     func(p *tutor.Params) { p.Default.Learn = math.NaN() },
		"prior":   func(p *tutor.Params) { p.Default.Prior = 0 },
		"version": func(p *tutor.Params) { p.Version = "" },
		"hints":   func(p *tutor.Params) { p.Hints = "none" },
		"skill":   func(p *tutor.Params) { p.Skills = map[string]tutor.BKTParams{"a": {}} },
	} {
		p := tutor.DefaultParams()
		change(p)
		if tutor.ErrorCode(p.Validate()) != tutor.CodeInvalid {
			t.Errorf("%s: got %v", name, p.Validate())
		}
	}
}

func benchmarkEvidence() []tutor.Evidence {
	chain := make([]tutor.Evidence, 300)
	for i := range chain {
		chain[i] = tutor.Evidence{
			Seq: int64(i + 1), SkillID: "s", Y: float64(i%3) / 2, Reliability: .9, Hints: i % 2, HintLevels: 5,
			At: start.Add(time.Duration(i) * 7 * time.Hour),
		}
	}
	return chain
}

// BenchmarkUpdate covers reviews within a day and after days, as they come.
func BenchmarkUpdate(b *testing.B) {
	params, chain := tutor.DefaultParams(), benchmarkEvidence()
	s := params.NewState("s")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s = params.Update(s, chain[i%len(chain)])
	}
}

// BenchmarkRefold is what an override costs: 300 events over 12 skills.
func BenchmarkRefold(b *testing.B) {
	params, chain := tutor.DefaultParams(), benchmarkEvidence()
	for b.Loop() {
		for k := range 12 {
			params.Fold("s", chain[k*25:(k+1)*25])
		}
	}
}
