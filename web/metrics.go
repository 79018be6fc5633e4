package web

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what Prometheus reads. Labels are codes and route patterns, never
// identifiers of people.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	sockets  prometheus.Gauge
	turns    prometheus.Histogram
	running  prometheus.Gauge
	refused  *prometheus.CounterVec
	signIns  *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "maieutic_http_request_seconds", Help: "Time to answer HTTP requests.",
			Buckets: prometheus.ExponentialBuckets(.001, 2.5, 10),
		}, []string{"route", "status"}),
		sockets: prometheus.NewGauge(prometheus.GaugeOpts{Name: "maieutic_sockets", Help: "Open sockets."}),
		turns: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "maieutic_turn_seconds", Help: "Time from a student's message to the committed reply.",
			Buckets: prometheus.ExponentialBuckets(.002, 2.5, 11),
		}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "maieutic_turns_running", Help: "Turns under way."}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "maieutic_socket_errors_total", Help: "Messages answered with an error, by code.",
		}, []string{"code"}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "maieutic_sign_ins_total", Help: "Sign-ins by outcome.",
		}, []string{"outcome"}),
	}
	m.registry.MustRegister(m.requests, m.sockets, m.turns, m.running, m.refused, m.signIns,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func since(start time.Time) float64 { return time.Since(start).Seconds() }
