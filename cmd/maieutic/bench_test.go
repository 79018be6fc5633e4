package main

import (
	"encoding/json"
	"testing"
	"time"
)

func TestQuantile(t *testing.T) {
	var times []time.Duration
	for i := range 100 {
		times = append(times, time.Duration(100-i))
	}
	for q, want := range map[float64]time.Duration{0: 1, .5: 50, .99: 99, 1: 100} {
		if got := quantile(times, q); got != want {
			t.Errorf("quantile %.2f of 1..100 is %d, want %d", q, got, want)
		}
	}
	if quantile(nil, .5) != 0 || median[float64](nil) != 0 || median([]float64{3, 1, 2}) != 2 {
		t.Error("of nothing, or the median of three")
	}
}

func TestBenchTurn(t *testing.T) {
	var results []turnResult
	if err := json.Unmarshal([]byte(mustMain(t, "", "bench", "turn", "--pairs", "1", "--json")), &results); err != nil {
		t.Fatal(err)
	}
	if len(results) != len(loads) {
		t.Fatalf("%d results", len(results))
	}
	for i, r := range results {
		if want := loads[i].students * loads[i].turns; r.Turns != want || len(r.Pairs) != 1 || r.Tutor.P50 <= 0 || r.Echo.P50 <= 0 || r.P50.Ratio != r.Pairs[0] {
			t.Errorf("%+v", r)
		}
	}
}

func TestBenchRelay(t *testing.T) {
	t.Setenv(beMain, "1") // for the processes it starts
	var r relayResult
	if err := json.Unmarshal([]byte(mustMain(t, "", "bench", "relay", "--pairs", "1", "--streams", "3", "--json")), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Rows) != 2 || r.Rows[1].Streams != 3 || r.Prompts == 0 || r.Prefix < prefixAim || r.Bytes.Ratio < 1 || r.Connections <= 0 {
		t.Errorf("%+v", r)
	}
	for _, row := range r.Rows {
		if row.First.P50 <= 0 || row.Bare.P50 <= 0 || row.Micros[0] <= 0 || row.Micros[1] <= 0 || len(row.Added) != 1 {
			t.Errorf("%+v", row)
		}
	}
}

func TestBenchIdle(t *testing.T) {
	t.Setenv(beMain, "1") // for the processes it starts
	var r idleResult
	if err := json.Unmarshal([]byte(mustMain(t, "", "bench", "idle", "--connections", "300", "--json")), &r); err != nil {
		t.Fatal(err)
	}
	if r.Connections != 300 || r.Tutor.Heap <= 0 || r.Echo.Heap <= r.Tutor.Heap {
		t.Errorf("%+v", r)
	}
}
