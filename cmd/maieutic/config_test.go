package main

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"
)

// environment makes a getenv of pairs.
func environment(pairs ...string) func(string) string {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

func TestConfigDefaults(t *testing.T) {
	c, err := readConfig(environment("HOME", "/home/ann"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "localhost:8080" || !c.local() || c.LogLevel != slog.LevelInfo || c.LogFormat != "text" ||
		c.DatabaseURL != "" || c.SecureCookies || c.TrustProxy || c.Model.Timeout != 20*time.Second {
		t.Errorf("defaults %+v", c)
	}
}

func TestDefaultData(t *testing.T) {
	for _, tt := range []struct {
		uid  int
		env  []string
		want string
	}{
		{0, []string{"HOME", "/root"}, "/var/lib/maieutic"},
		{1000, []string{"HOME", "/home/ann"}, "/home/ann/.local/share/maieutic"},
		{1000, []string{"HOME", "/home/ann", "XDG_DATA_HOME", "/data"}, "/data/maieutic"},
		{1000, []string{"HOME", "/home/ann", "XDG_DATA_HOME", "relative"}, "/home/ann/.local/share/maieutic"},
	} {
		if got := defaultData(environment(tt.env...), tt.uid); got != tt.want {
			t.Errorf("%d %v: %s, want %s", tt.uid, tt.env, got, tt.want)
		}
	}
}

func TestConfigOfEnvironmentAndFlags(t *testing.T) {
	c, err := readConfig(environment(
		"MAIEUTIC_ADDR", "0.0.0.0:80", "MAIEUTIC_DATA", "/srv/a", "DATABASE_URL", "postgres://u@h/d",
		"MAIEUTIC_ORIGINS", "tutor.example.org, https://school.example.org:8443", "MAIEUTIC_SECURE_COOKIES", "true",
		"MAIEUTIC_TRUST_PROXY", "1", "MAIEUTIC_LOG", "debug", "MAIEUTIC_LOG_FORMAT", "json",
		"MAIEUTIC_LLM_BASE_URL", "http://localhost:11434/v1", "MAIEUTIC_LLM_KEY", "k", "MAIEUTIC_LLM_MODEL", "m",
		"MAIEUTIC_EMBEDDING_MODEL", "e", "MAIEUTIC_EMBEDDING_DIM", "768", "MAIEUTIC_LLM_TIMEOUT", "5s",
	), map[string]string{"addr": "127.0.0.1:9000"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:9000" || !c.local() {
		t.Errorf("the flag should win: %s", c.Addr)
	}
	if c.Data != "/srv/a" || c.DatabaseURL != "postgres://u@h/d" || strings.Join(c.Origins, " ") != "tutor.example.org school.example.org:8443" ||
		!c.SecureCookies || !c.TrustProxy || c.LogLevel != slog.LevelDebug || c.LogFormat != "json" {
		t.Errorf("%+v", c)
	}
	m := c.Model
	if m.BaseURL != "http://localhost:11434/v1" || m.Key != "k" || m.ChatModel != "m" || m.EmbeddingModel != "e" || m.EmbeddingDim != 768 || m.Timeout != 5*time.Second {
		t.Errorf("%+v", m)
	}
}

func TestConfigRefuses(t *testing.T) {
	for _, tt := range []struct {
		env  []string
		want string // in the message
	}{
		{[]string{"MAIEUTIC_ADDR", "8080"}, "MAIEUTIC_ADDR"},
		{[]string{"MAIEUTIC_ADDR", "localhost:99999"}, "host:port"},
		{[]string{"DATABASE_URL", "mysql://x"}, "postgres://"},
		{[]string{"MAIEUTIC_ORIGINS", "https://a.example/path"}, "a.example/path"},
		{[]string{"MAIEUTIC_ORIGINS", "*"}, "no host"},
		{[]string{"MAIEUTIC_SECURE_COOKIES", "perhaps"}, "neither true nor false"},
		{[]string{"MAIEUTIC_LOG", "loud"}, "debug, info"},
		{[]string{"MAIEUTIC_LOG_FORMAT", "xml"}, "text nor json"},
		{[]string{"MAIEUTIC_LLM_MODEL", "m"}, "MAIEUTIC_LLM_BASE_URL"},
		{[]string{"MAIEUTIC_LLM_BASE_URL", "http://localhost/v1"}, "MAIEUTIC_LLM_MODEL"},
		{[]string{"MAIEUTIC_LLM_BASE_URL", "localhost", "MAIEUTIC_LLM_MODEL", "m"}, "base URL"},
		{[]string{"MAIEUTIC_LLM_BASE_URL", "http://h/v1", "MAIEUTIC_EMBEDDING_MODEL", "e"}, "belong together"},
		{[]string{"MAIEUTIC_EMBEDDING_DIM", "99999"}, "1 to 4000"},
		{[]string{"MAIEUTIC_LLM_TIMEOUT", "soon"}, "20s"},
		{[]string{"MAIEUTIC_LLM_BASE_URL", "https://api.example.com/v1", "MAIEUTIC_LLM_MODEL", "m"}, "MAIEUTIC_LLM_HOSTS: api.example.com"},
		{[]string{"MAIEUTIC_LLM_BASE_URL", "https://8.8.8.8/v1", "MAIEUTIC_LLM_MODEL", "m", "MAIEUTIC_LLM_HOSTS", "api.example.com"}, "8.8.8.8 is outside"},
		{[]string{"MAIEUTIC_LANGUAGETOOL", "https://api.example.com"}, "MAIEUTIC_LANGUAGETOOL: whole drafts"},
		{[]string{"MAIEUTIC_LANGUAGETOOL", "localhost"}, "must look like http"},
		{[]string{"MAIEUTIC_LLM_HOSTS", "https://a.example/v1"}, "no host"},
		{[]string{"MAIEUTIC_LLM_CONTEXT", "100"}, "2048"},
		{[]string{"MAIEUTIC_LLM_BASE_URL", "http://h/v1", "MAIEUTIC_LLM_MODEL", "m", "MAIEUTIC_LLM_STRUCTURED", "magic"}, "schema, object or none"},
		{[]string{"MAIEUTIC_LLM_CALLS", "0"}, "1 to 10000"},
		{[]string{"MAIEUTIC_LLM_PRICE", "cheap"}, "0.15,0.60"},
	} {
		_, err := readConfig(environment(tt.env...), nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v, want %q in it", tt.env, err, tt.want)
		}
	}
	_, err := readConfig(environment("MAIEUTIC_LOG", "loud", "MAIEUTIC_ADDR", "x"), nil)
	if err == nil || !strings.Contains(err.Error(), "MAIEUTIC_LOG") || !strings.Contains(err.Error(), "MAIEUTIC_ADDR") {
		t.Errorf("both mistakes should be named: %v", err)
	}
}

// TestExternal tells the school's own servers from others.
func TestExternal(t *testing.T) {
	for base, external := range map[string]bool{
		"http://localhost:11434/v1": false, "http://127.0.0.1/v1": false, "http://[::1]:8080/v1": false, "http://192.168.1.7/v1": false,
		"http://10.0.0.3/v1": false, "http://ollama:11434/v1": false, "http://gpu.school.local/v1": false, "http://gpu.school.internal/v1": false,
		"https://api.example.com/v1": true, "https://8.8.8.8/v1": true, "https://localhost.example.com/v1": true, "https://127.0.0.1.example.com/v1": true,
		"https://[2001:4860::1]/v1": true, "http://134744072/v1": true, "http://0x08080808/v1": true, "http://api。example。com/v1": true, "http://8．8．8．8/v1": true,
	} {
		c, err := readConfig(environment("MAIEUTIC_LLM_BASE_URL", base, "MAIEUTIC_LLM_MODEL", "m",
			"MAIEUTIC_LLM_HOSTS", "API.example.com, 8.8.8.8, localhost.example.com, 127.0.0.1.example.com, 2001:4860::1, 134744072, 0x08080808, api。example。com, 8．8．8．8"), nil)
		if err != nil || c.external() != external {
			t.Errorf("%s: external %v, %v", base, c.external(), err)
		}
	}
}

// The key of a model server must not stand in a process list or a help text.
func TestSecretsHaveNoFlag(t *testing.T) {
	for _, s := range settings {
		if (s.env == "MAIEUTIC_LLM_KEY" || s.env == "DATABASE_URL") && s.flag != "" {
			t.Errorf("%s has the flag --%s", s.env, s.flag)
		}
	}
}

func TestReadmeListsEverySetting(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		if !strings.Contains(string(readme), "`"+s.env+"`") {
			t.Errorf("README.md does not list `%s`", s.env)
		}
		if s.flag != "" && !strings.Contains(string(readme), "--"+s.flag) {
			t.Errorf("README.md does not list --%s", s.flag)
		}
	}
}
