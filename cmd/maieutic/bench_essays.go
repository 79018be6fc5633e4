package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/clipperhouse/uax29/v2/sentences"
	"github.com/clipperhouse/uax29/v2/words"

	"maieutic/dialogue/coach"
	"maieutic/tutor"
	"maieutic/tutor/curriculum"
)

const (
	essaysAtOnce    = 2     // drafts are read by so many at a time, as on two cores
	essaysAim       = 200.0 // times the parting into sentences and words
	essayMemoryAim  = 48.0  // times that of a draft of 600 words, for one of 20,000
	essayLongWords  = 20_000
	essayShortWords = 600
)

// essayLengths are what is measured, in words.
var essayLengths = []int{300, 600, 1500}

func benchEssaysCommand() *command {
	return &command{
		name:    "bench essays",
		summary: "Measure how many drafts the built-in coach reads in a minute, and its memory for a long one.",
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			asJSON := flags.Bool("json", false, "print JSON")
			pairs := flags.Int("pairs", 5, "how often to measure both, in turn")
			n := flags.Int("drafts", 200, "how many to read each time")
			return func(ctx context.Context, c *call) error {
				if *pairs < 1 || *pairs > 100 || *n < essaysAtOnce || *n > 100_000 {
					return usagef("--pairs is 1 to 100, --drafts %d to 100000", essaysAtOnce)
				}
				return benchEssays(ctx, c, *pairs, *n, *asJSON)
			}
		},
	}
}

// essaysResult is what bench essays found.
type essaysResult struct {
	Lengths []essayLength  `json:"lengths"`
	Memory  [2]essayMemory `json:"memory"` // of a short draft and of a long one
	Ratio   verdict        `json:"memory_ratio"`
	Workers int            `json:"workers"`
}

// essayLength is the figures for drafts of one length.
type essayLength struct {
	Words     int       `json:"words"`
	PerMinute float64   `json:"drafts_per_minute"` // median of the pairs
	Parting   float64   `json:"parted_per_minute"` // the same drafts, into sentences and words alone
	Pairs     []float64 `json:"pair_ratios"`
	Ratio     verdict   `json:"ratio"`
}

// essayMemory is what reading one draft takes in a process of its own.
type essayMemory struct {
	Words     int   `json:"words"`
	Peak      int64 `json:"peak"`      // resident at most, beyond what the process had before; bytes
	Allocated int64 `json:"allocated"` // in all; bytes
}

func benchEssays(ctx context.Context, c *call, pairs, n int, asJSON bool) error {
	work, prose, err := benchEssayTask()
	if err != nil {
		return err
	}
	out := essaysResult{Workers: essaysAtOnce}
	for _, length := range essayLengths {
		drafts := make([]string, n)
		for i := range drafts {
			drafts[i] = prose.draft(length, uint64(i))
		}
		row := essayLength{Words: length}
		var read, parted []float64
		for range pairs {
			a, err := perMinute(drafts, partOnly)
			if err != nil {
				return err
			}
			b, err := perMinute(drafts, func(text string) error { return readOnce(ctx, work, text) })
			if err != nil {
				return err
			}
			parted, read = append(parted, a), append(read, b)
			row.Pairs = append(row.Pairs, a/b)
		}
		row.PerMinute, row.Parting, row.Ratio = median(read), median(parted), judge(median(row.Pairs), essaysAim)
		out.Lengths = append(out.Lengths, row)
	}
	for i, length := range []int{essayShortWords, essayLongWords} {
		if out.Memory[i], err = essayMemoryOf(ctx, prose.draft(length, 1)); err != nil {
			return err
		}
		out.Memory[i].Words = length
	}
	out.Ratio = judge(float64(out.Memory[1].Allocated)/float64(max(1, out.Memory[0].Allocated)), essayMemoryAim)
	if asJSON {
		return printJSON(c.env.Stdout, out)
	}
	out.print(c)
	return nil
}

func (r essaysResult) print(c *call) {
	table := newTable(c.env.Stdout)
	fmt.Fprintln(table, "words\tdrafts a minute\tonly parted\tratio\t")
	for _, l := range r.Lengths {
		fmt.Fprintf(table, "%d\t%.0f\t%.0f\t%.1f\t\n", l.Words, l.PerMinute, l.Parting, l.Ratio.Ratio)
	}
	_ = table.Flush()
	for _, m := range r.Memory {
		fmt.Fprintf(c.env.Stdout, "a draft of %d words: %.1f MB allocated, %.1f MB resident at most beyond what was there\n",
			m.Words, float64(m.Allocated)/1e6, float64(m.Peak)/1e6)
	}
	fmt.Fprintf(c.env.Stdout, "%d at a time; reading against parting, %d words: %s; memory, %d words against %d: %s\n",
		r.Workers, r.Lengths[1].Words, r.Lengths[1].Ratio, essayLongWords, essayShortWords, r.Ratio)
}

// perMinute does something with every draft, several at a time, and returns how
// many it would be in a minute.
func perMinute(drafts []string, do func(text string) error) (float64, error) {
	var running sync.WaitGroup
	errs := make([]error, essaysAtOnce)
	begin := time.Now()
	for w := range essaysAtOnce {
		running.Go(func() {
			for i := w; i < len(drafts) && errs[w] == nil; i += essaysAtOnce {
				errs[w] = do(drafts[i])
			}
		})
	}
	running.Wait()
	minutes := time.Since(begin).Minutes()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return float64(len(drafts)) / minutes, nil
}

// partOnly is the least that reading takes: sentences and words by Annex 29.
func partOnly(text string) error {
	n := 0
	for tokens := sentences.FromString(text); tokens.Next(); {
		n += len(tokens.Value())
	}
	for tokens := words.FromString(text); tokens.Next(); {
		n -= len(tokens.Value())
	}
	if n != 0 {
		return tutor.Errorf(tutor.CodeInternal, "sentences and words are not the same text")
	}
	return nil
}

func readOnce(ctx context.Context, work tutor.FeedbackWork, text string) error {
	work.Draft = tutor.Draft{ID: "00000000-0000-4000-8000-000000000001", Text: text}
	f, err := coach.New(coach.Config{}).Read(ctx, coach.Input{Work: work, Language: "en"}, func(int, int) {})
	if err == nil && f.Refusal != "" {
		return tutor.Errorf(tutor.CodeInternal, "a draft of the benchmark was refused as %s", f.Refusal)
	}
	return err
}

// benchEssayTask is an essay of the sample courses, and the prose of their lessons
// but for what the essay assigns.
func benchEssayTask() (tutor.FeedbackWork, chain, error) {
	folders, err := curriculum.Samples()
	if err != nil {
		return tutor.FeedbackWork{}, nil, err
	}
	work, prose := tutor.FeedbackWork{}, chain{}
	course, err := curriculum.Load(folders["arguing"])
	if err != nil {
		return work, nil, err
	}
	for _, a := range course.Activities {
		if a.Essay != nil {
			work.Activity = a
		}
	}
	if work.Activity.Essay == nil || len(course.Rubrics) == 0 {
		return work, nil, tutor.Errorf(tutor.CodeInternal, "the sample course has no essay")
	}
	work.Rubric = course.Rubrics[0]
	for _, l := range course.Lessons {
		if l.ID == work.Activity.Essay.Sources[0] || strings.HasSuffix(l.ID, "."+work.Activity.Essay.Sources[0]) {
			work.Sources = append(work.Sources, l)
			continue
		}
		prose.learn(l.Body)
	}
	return work, prose, nil
}

// chain says which words follow two words.
type chain map[[2]string][]string

func (c chain) learn(text string) {
	scanner := bufio.NewScanner(strings.NewReader(text))
	scanner.Split(bufio.ScanWords)
	state := [2]string{"", "."}
	for scanner.Scan() {
		word := strings.Trim(scanner.Text(), "#*_>`|")
		if word == "" {
			continue
		}
		c[state] = append(c[state], word)
		if strings.HasSuffix(word, ".") {
			state = [2]string{"", "."}
			continue
		}
		state = [2]string{state[1], word}
	}
}

// draft writes so many words that follow one another as they do in the lessons,
// in paragraphs of about ninety. The same number gives the same draft.
func (c chain) draft(words int, seed uint64) string {
	random := rand.New(rand.NewPCG(seed, 5))
	begin := [2]string{"", "."}
	var b strings.Builder
	state, paragraph := begin, 0
	for n := 0; n < words; n++ {
		next := c[state]
		if len(next) == 0 {
			state = begin
			next = c[state]
		}
		word := next[random.IntN(len(next))]
		b.WriteString(word)
		paragraph++
		end := strings.HasSuffix(word, ".")
		switch {
		case end && paragraph >= 90:
			b.WriteString("\n\n")
			paragraph = 0
		default:
			b.WriteByte(' ')
		}
		if state = [2]string{state[1], word}; end {
			state = begin
		}
	}
	return b.String()
}

// essayMemoryOf has a draft read in a process of its own.
func essayMemoryOf(ctx context.Context, text string) (essayMemory, error) {
	var m essayMemory
	reader, err := startChild(ctx, "essay", "-")
	if err != nil {
		return m, err
	}
	defer reader.stop()
	if err := reader.send(text); err != nil {
		return m, err
	}
	return m, reader.receive(&m)
}

// essayChild reads one draft and says what it took.
func essayChild(ctx context.Context, c *call) error {
	var text string
	if err := json.NewDecoder(c.env.Stdin).Decode(&text); err != nil {
		return err
	}
	work, _, err := benchEssayTask()
	if err != nil {
		return err
	}
	// The first reading loads lists of words, which every reading shares.
	if err := readOnce(ctx, work, strings.Repeat("A first word makes the rest easier to say. It is not about the draft. ", 3)); err != nil {
		return err
	}
	before, allocated, err := peakMemory()
	if err != nil {
		return err
	}
	if err := readOnce(ctx, work, text); err != nil {
		return err
	}
	after, all, err := peakMemory()
	if err != nil {
		return err
	}
	return json.NewEncoder(c.env.Stdout).Encode(essayMemory{Peak: after - before, Allocated: all - allocated})
}

// peakMemory returns the most that was ever resident, 0 where the system does not
// say, and what was allocated until now.
func peakMemory() (peak, allocated int64, err error) {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	allocated = int64(stats.TotalAlloc)
	raw, err := os.ReadFile("/proc/self/status") // see proc(5)
	if os.IsNotExist(err) {
		return 0, allocated, nil
	}
	if err != nil {
		return 0, 0, err
	}
	if _, rest, ok := strings.Cut(string(raw), "VmHWM:"); ok {
		if _, err := fmt.Sscan(rest, &peak); err != nil {
			return 0, 0, err
		}
	}
	return peak * 1024, allocated, nil
}
