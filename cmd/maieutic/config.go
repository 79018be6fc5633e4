package main

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"maieutic/rubric/essay"
	"maieutic/tutor"
	"maieutic/tutor/llm/leash"
	"maieutic/tutor/llm/openai"
)

// Config is every setting, checked. It is made by readConfig alone.
type Config struct {
	Addr          string // host:port to listen on
	Data          string // directory of the private database
	DatabaseURL   string // a Postgres to use instead, "" for the private one
	Origins       []string
	SecureCookies bool
	TrustProxy    bool
	LogLevel      slog.Level
	LogFormat     string // "text" or "json"
	Model         openai.Config
	ModelHosts    []string    // external hosts that may be a model server
	ModelGrades   bool        // the chat model gives a second opinion on answers
	ModelContext  int         // tokens it can take, 0 when nobody has said
	ModelCalls    int         // at once
	ModelPrice    leash.Price // of a million tokens
	Grammar       string      // address of a LanguageTool server, "" for none
}

// setting is one row of the table of settings.
type setting struct {
	env      string
	flag     string // "" for none
	fallback string // the default as people read it
	help     string
	set      func(*Config, string) error // for a value that was given
}

// settings is the whole table. A flag wins over the environment.
var settings = []setting{
	{"MAIEUTIC_ADDR", "addr", "localhost:8080", "address to listen on", setAddr},
	{"MAIEUTIC_DATA", "data", "~/.local/share/maieutic, for root /var/lib/maieutic", "directory of the private database", setData},
	{"DATABASE_URL", "", "none", "Postgres 15 or newer with pgvector to use instead of the private database", setDatabase},
	{"MAIEUTIC_ORIGINS", "", "none", "further hosts whose pages may use the server, separated by commas", setOrigins},
	{"MAIEUTIC_SECURE_COOKIES", "", "false", "true when the server is reached by https", setBool(func(c *Config) *bool { return &c.SecureCookies })},
	{"MAIEUTIC_TRUST_PROXY", "", "false", "true behind a proxy that sets X-Forwarded-For", setBool(func(c *Config) *bool { return &c.TrustProxy })},
	{"MAIEUTIC_LOG", "log", "info", "what to log: debug, info, warn or error", setLevel},
	{"MAIEUTIC_LOG_FORMAT", "", "text", "how to log: text or json", setFormat},
	{"MAIEUTIC_LLM_BASE_URL", "", "none", "OpenAI-compatible server, e.g. http://localhost:11434/v1", func(c *Config, v string) error { c.Model.BaseURL = v; return nil }},
	{"MAIEUTIC_LLM_KEY", "", "none", "key for that server", func(c *Config, v string) error { c.Model.Key = v; return nil }},
	{"MAIEUTIC_LLM_MODEL", "", "none: the built-in voice", "chat model that finds the tutor's words", func(c *Config, v string) error { c.Model.ChatModel = v; return nil }},
	{"MAIEUTIC_LLM_HOSTS", "", "none: this machine and private networks", "external hosts that the school may use as a model server, separated by commas", setHosts},
	{"MAIEUTIC_LLM_GRADER", "", "true", "whether the chat model gives a second opinion on answers in words", setBool(func(c *Config) *bool { return &c.ModelGrades })},
	{"MAIEUTIC_LLM_STRUCTURED", "", "schema", "how that server is asked for JSON: schema, object or none; doctor tells what it keeps to", func(c *Config, v string) error { c.Model.Structured = openai.Structured(v); return nil }},
	{"MAIEUTIC_LLM_CONTEXT", "", "8192", "tokens that the chat model can take; doctor tells what the server says", setContext},
	{"MAIEUTIC_LLM_CALLS", "", "32", "calls to that server at once", setCalls},
	{"MAIEUTIC_LLM_PRICE", "", "none", "price of a million tokens sent and received, e.g. 0.15,0.60, for the ledger", setPrice},
	{"MAIEUTIC_EMBEDDING_MODEL", "", "none: the built-in embedder", "embedding model for search in the lessons", func(c *Config, v string) error { c.Model.EmbeddingModel = v; return nil }},
	{"MAIEUTIC_EMBEDDING_DIM", "", "none", "length of its vectors", setDim},
	{"MAIEUTIC_LANGUAGETOOL", "", "none", "LanguageTool server of the school's own that checks grammar in drafts, e.g. http://localhost:8081", func(c *Config, v string) error { c.Grammar = v; return nil }},
	{"MAIEUTIC_LLM_TIMEOUT", "", "20s", "how long to wait for that server's first byte", setTimeout},
}

// maxDim is how long a halfvec may be for pgvector to search it.
const maxDim = 4000

// readConfig reads the environment and the flags that were given, by name, and
// checks everything. The error names each setting that is wrong.
func readConfig(getenv func(string) string, flags map[string]string) (Config, error) {
	c := Config{
		Addr: "localhost:8080", Data: defaultData(getenv, os.Geteuid()), LogFormat: "text", ModelGrades: true, ModelCalls: 32,
		Model: openai.Config{Timeout: 20 * time.Second},
	}
	var wrong []string
	for _, s := range settings {
		name, value := s.env, strings.TrimSpace(getenv(s.env))
		if v, given := flags[s.flag]; given && s.flag != "" {
			name, value = "--"+s.flag, v
		}
		if value == "" {
			continue
		}
		if err := s.set(&c, value); err != nil {
			wrong = append(wrong, name+": "+err.Error())
		}
	}
	wrong = append(wrong, c.inconsistent()...)
	if len(wrong) > 0 {
		return Config{}, tutor.Errorf(tutor.CodeInvalid, "%s (maieutic help settings lists the settings)", strings.Join(wrong, "; "))
	}
	return c, nil
}

// inconsistent reports settings that do not go together.
func (c Config) inconsistent() []string {
	var wrong []string
	m := c.Model
	if m.BaseURL == "" && (m.ChatModel != "" || m.EmbeddingModel != "") {
		wrong = append(wrong, "MAIEUTIC_LLM_BASE_URL: say which server has the model")
	}
	if m.BaseURL != "" && m.ChatModel == "" && m.EmbeddingModel == "" {
		wrong = append(wrong, "MAIEUTIC_LLM_MODEL: say which model of the server to use")
	}
	if (m.EmbeddingModel != "") != (m.EmbeddingDim != 0) {
		wrong = append(wrong, "MAIEUTIC_EMBEDDING_MODEL and MAIEUTIC_EMBEDDING_DIM belong together")
	}
	if c.modelHost() != "" && c.external() && !slices.Contains(c.ModelHosts, c.modelHost()) {
		wrong = append(wrong, fmt.Sprintf("MAIEUTIC_LLM_HOSTS: %s is outside of your network; if the school may send pupils' words there, name it in this setting",
			c.modelHost()))
	}
	if m.BaseURL != "" {
		if _, err := openai.New(m); err != nil && len(wrong) == 0 {
			wrong = append(wrong, "MAIEUTIC_LLM_BASE_URL: "+tutor.ErrorMessage(err))
		}
	}
	if c.Grammar != "" {
		if _, err := essay.NewLanguageTool(c.Grammar, nil); err != nil {
			wrong = append(wrong, "MAIEUTIC_LANGUAGETOOL: "+tutor.ErrorMessage(err))
		} else if outside(hostOf(c.Grammar)) {
			wrong = append(wrong, "MAIEUTIC_LANGUAGETOOL: whole drafts are sent there, so it must be a server of your own network")
		}
	}
	return wrong
}

// defaultData is where the data lives unless somebody says otherwise.
func defaultData(getenv func(string) string, uid int) string {
	if uid == 0 {
		return "/var/lib/maieutic"
	}
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "maieutic")
	}
	return filepath.Join(cmp.Or(getenv("HOME"), "."), ".local", "share", "maieutic")
}

func setAddr(c *Config, v string) error {
	_, port, err := net.SplitHostPort(v)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is no address; write host:port, e.g. localhost:8080, or :8080 for every network", v)
	}
	c.Addr = v
	return nil
}

func setData(c *Config, v string) error {
	dir, err := filepath.Abs(v)
	c.Data = dir
	return err
}

func setDatabase(c *Config, v string) error {
	if !strings.HasPrefix(v, "postgres://") && !strings.HasPrefix(v, "postgresql://") && !strings.Contains(v, "=") {
		return fmt.Errorf("write it as postgres://user:password@host/database")
	}
	c.DatabaseURL = v
	return nil
}

func setOrigins(c *Config, v string) (err error) {
	c.Origins, err = hosts(v)
	return err
}

func setHosts(c *Config, v string) (err error) {
	c.ModelHosts, err = hosts(strings.ToLower(v))
	return err
}

func hosts(v string) ([]string, error) {
	var all []string
	for host := range strings.SplitSeq(v, ",") {
		host = strings.TrimPrefix(strings.TrimSpace(host), "https://")
		if host == "" {
			continue
		}
		if strings.ContainsAny(host, "/*? \t") {
			return nil, fmt.Errorf("%q is no host; write names such as tutor.example.org", host)
		}
		all = append(all, host)
	}
	return all, nil
}

// leastContext holds the instructions, an exercise and a few turns.
const leastContext = 2048

func setContext(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < leastContext || n > 10_000_000 {
		return fmt.Errorf("%q is no number of tokens, %d or more", v, leastContext)
	}
	c.ModelContext = n
	return nil
}

func setCalls(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 10_000 {
		return fmt.Errorf("%q is no number of calls, 1 to 10000", v)
	}
	c.ModelCalls = n
	return nil
}

func setPrice(c *Config, v string) error {
	prompt, output, ok := strings.Cut(v, ",")
	in, err := strconv.ParseFloat(strings.TrimSpace(prompt), 64)
	out, err2 := strconv.ParseFloat(strings.TrimSpace(output), 64)
	if !ok || err != nil || err2 != nil || !(in >= 0 && in < 1e6) || !(out >= 0 && out < 1e6) {
		return fmt.Errorf("%q is no pair of prices such as 0.15,0.60", v)
	}
	c.ModelPrice = leash.Price{Prompt: int64(math.Round(in * 1e6)), Output: int64(math.Round(out * 1e6))}
	return nil
}

func setBool(field func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, v string) error {
		b, err := strconv.ParseBool(v)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", v)
		}
		*field(c) = b
		return nil
	}
}

func setLevel(c *Config, v string) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, strings.ToLower(v)) {
		return fmt.Errorf("%q is none of debug, info, warn and error", v)
	}
	return c.LogLevel.UnmarshalText([]byte(v))
}

func setFormat(c *Config, v string) error {
	if v != "text" && v != "json" {
		return fmt.Errorf("%q is neither text nor json", v)
	}
	c.LogFormat = v
	return nil
}

func setDim(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > maxDim {
		return fmt.Errorf("%q is no length of a vector, 1 to %d", v, maxDim)
	}
	c.Model.EmbeddingDim = n
	return nil
}

func setTimeout(c *Config, v string) error {
	d, err := time.ParseDuration(v)
	if err != nil || d <= 0 || d > 10*time.Minute {
		return fmt.Errorf("%q is no time such as 20s, up to 10m", v)
	}
	c.Model.Timeout = d
	return nil
}

// local reports whether the server can be reached from this machine alone.
func (c Config) local() bool {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// logger writes the log to w.
func (c Config) logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

func printSettings(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ENVIRONMENT\tFLAG\tDEFAULT\tMEANING")
	for _, s := range settings {
		name := ""
		if s.flag != "" {
			name = "--" + s.flag
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", s.env, name, s.fallback, s.help)
	}
	return table.Flush()
}
