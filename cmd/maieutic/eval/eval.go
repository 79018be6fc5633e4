// Package eval measures the built-in engine on labelled data: grading,
// retrieval, equivalence and the leak detector; and whole dialogues with
// simulated learners. It needs no server.
//
// Every measurement reads the data it is given and nothing else, and gives the
// same figures for the same data and seed.
package eval

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"maieutic/rubric/agreement"
)

// Options of one measurement.
type Options struct {
	Data   string // a file or folder, as the format asks
	Format string // how Data is laid out
	Seed   uint64 // of intervals and of whatever is drawn at random
	// Progress is told how much of a long work is done, in items. It may be nil.
	Progress func(done, total int)
}

func (o Options) progress(done, total int) {
	if o.Progress != nil {
		o.Progress(done, total)
	}
}

// Metric is one figure. An interval is 95 %, and nil where it has no meaning.
type Metric struct {
	Name     string // snake_case, a key of the JSON
	Value    float64
	Interval *agreement.Interval
}

// Group is a part of the data that is reported on its own.
type Group struct {
	Name    string
	N       int
	Metrics []Metric
}

// Report is the outcome of one measurement.
type Report struct {
	Name    string // of the measurement
	Format  string
	Data    string
	Split   string // which part of the data was used, in words
	Seed    uint64
	N       int // items measured
	Metrics []Metric
	Groups  []Group
	Notes   []string // what a reader of the figures has to know, one line each
	Listed  []string // items that were left out or failed, one line each
}

// Add appends a figure without an interval.
func (r *Report) Add(name string, value float64) {
	r.Metrics = append(r.Metrics, Metric{Name: name, Value: value})
}

// Estimate appends a figure of r.N items with its bootstrap interval. stat gets
// items by index.
func (r *Report) Estimate(name string, stat func(items []int) float64) {
	all := make([]int, r.N)
	for i := range all {
		all[i] = i
	}
	interval := agreement.Bootstrap(r.N, r.Seed, stat)
	r.Metrics = append(r.Metrics, Metric{Name: name, Value: stat(all), Interval: &interval})
}

// WriteTable prints the report for people.
func (r *Report) WriteTable(w io.Writer) error {
	fmt.Fprintf(w, "%s on %s (%s): %d items; split: %s; seed %d\n\n", r.Name, r.Data, r.Format, r.N, r.Split, r.Seed)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "figure\tvalue\t95 % interval")
	printMetrics(table, "", r.Metrics)
	for _, g := range r.Groups {
		fmt.Fprintf(table, "%s (%d)\t\t\n", g.Name, g.N)
		printMetrics(table, "  ", g.Metrics)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, note := range r.Notes {
		fmt.Fprintf(w, "note: %s\n", note)
	}
	for _, item := range r.Listed {
		fmt.Fprintf(w, "listed: %s\n", item)
	}
	return nil
}

func printMetrics(w io.Writer, indent string, metrics []Metric) {
	for _, m := range metrics {
		if m.Interval == nil {
			fmt.Fprintf(w, "%s%s\t%s\t\n", indent, m.Name, figure(m.Value))
			continue
		}
		fmt.Fprintf(w, "%s%s\t%s\t%s to %s\n", indent, m.Name, figure(m.Value), figure(m.Interval.Low), figure(m.Interval.High))
	}
}

func figure(v float64) string {
	switch {
	case math.IsNaN(v):
		return "undefined"
	case v == math.Trunc(v) && math.Abs(v) >= 2:
		return fmt.Sprintf("%.0f", v)
	default:
		return fmt.Sprintf("%.4f", v)
	}
}

// MarshalJSON puts every figure under its own name beside n, and the intervals
// under "intervals" by the same names. A figure that is not defined is null.
func (r *Report) MarshalJSON() ([]byte, error) {
	out := metricsJSON(r.Metrics)
	out["eval"], out["format"], out["data"] = r.Name, r.Format, r.Data
	out["split"], out["seed"], out["n"] = r.Split, r.Seed, r.N
	groups := map[string]any{}
	for _, g := range r.Groups {
		one := metricsJSON(g.Metrics)
		one["n"] = g.N
		groups[g.Name] = one
	}
	out["groups"] = groups
	out["notes"], out["listed"] = append([]string{}, r.Notes...), append([]string{}, r.Listed...)
	return json.Marshal(out)
}

func metricsJSON(metrics []Metric) map[string]any {
	out, intervals := map[string]any{}, map[string]any{}
	for _, m := range metrics {
		out[m.Name] = number(m.Value)
		if m.Interval != nil {
			intervals[m.Name] = []any{number(m.Interval.Low), number(m.Interval.High)}
		}
	}
	out["intervals"] = intervals
	return out
}

func number(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, data, "", "  "); err != nil {
		return err
	}
	pretty.WriteByte('\n')
	_, err = pretty.WriteTo(w)
	return err
}
