package page_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"maieutic/web/locale"
	"maieutic/web/static"
)

var (
	shots = flag.String("shots", "", "folder for screenshots of every page; empty for none")
	only  = flag.String("only", "", "look at this page alone")
)

// look is one way to look at a page.
type look struct {
	name          string
	width, height int64
	scheme        string // prefers-color-scheme
	language      string
}

var looks = []look{
	{"phone", 390, 844, "light", "en"},
	{"laptop", 1280, 800, "light", "en"},
	{"phone-dark", 390, 844, "dark", "es"},
	{"laptop-dark", 1280, 800, "dark", "en"},
	{"phone-rtl", 390, 844, "light", "ar"},
	{"laptop-rtl", 1280, 800, "dark", "ar"},
	{"narrow", 320, 640, "light", "es"},
}

// preview serves the fixtures under /name.language, with the headers that matter
// to how a page works; with ?plain no script runs.
func preview(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET /static/", static.Handler())
	for _, f := range fixtures(t) {
		for _, language := range locale.Languages {
			html := []byte(f.html(t, language))
			mux.HandleFunc("GET /"+f.name+"."+language, func(w http.ResponseWriter, r *http.Request) {
				scripts := "'self'"
				if r.URL.Query().Has("plain") {
					scripts = "'none'"
				}
				w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src "+scripts+"; require-trusted-types-for 'script'; trusted-types maieutic; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'")
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				_, _ = w.Write(html)
			})
		}
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// browser starts Chromium and closes it with the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("no Chromium; install it with: make browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)
	return ctx
}

// violation is what axe-core reports.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// inspect runs axe-core, measures how far a page can be scrolled across and by
// what, and lists controls below the 24 pixels of WCAG 2.2, links in text aside.
const inspect = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => {
	const all = [...document.body.querySelectorAll("*")], box = e => e.getBoundingClientRect();
	const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
	const out = wide > 0 ? all.filter(e => box(e).right > innerWidth + 1 || box(e).left < -1) : [];
	const small = all.filter(e => e.matches("button, select, summary, input:not([type=hidden]), a.button, nav a") &&
		box(e).width && (box(e).width < 24 || box(e).height < 24) && !e.closest("label"));
	return {
		violations: r.violations,
		sideways: wide > 0 ? wide + " px: " + out.slice(0, 3).map(e => e.tagName + "." + e.className).join(", ") : "",
		small: small.map(e => e.outerHTML.slice(0, 120)).join("\n"),
	};
})`

// TestPages looks at every page in a real browser: axe-core finds nothing,
// nothing sticks out sideways and every control is large enough. With
// -shots=DIR it leaves pictures to look at.
func TestPages(t *testing.T) {
	url, ctx := preview(t), browser(t)
	axe := string(must[[]byte](t)(os.ReadFile("../node_modules/axe-core/axe.min.js")))
	for _, l := range looks {
		for _, f := range fixtures(t) {
			if *only != "" && f.name != *only {
				continue
			}
			name := f.name + "-" + l.name
			found, err := l.at(ctx, url+"/"+f.name+"."+l.language, axe)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			found.report(t, name)
			if err := shoot(ctx, name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// findings are what is wrong with a page.
type findings struct {
	Violations []violation `json:"violations"`
	Sideways   string      `json:"sideways"`
	Small      string      `json:"small"`
}

// at opens an address and looks.
func (l look) at(ctx context.Context, url, axe string) (findings, error) {
	if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.width, Height: l.height, DeviceScaleFactor: 1, Mobile: l.width < 600}); err != nil {
		return findings{}, err
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: l.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}); err != nil {
		return findings{}, err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(url), chromedp.Evaluate[chromedp.Void](axe)); err != nil {
		return findings{}, err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[findings](inspect, chromedp.EvalAwaitPromise))
}

// TestWithoutScript opens a talk in a browser that runs no script: the latest
// turn is in sight, and what one writes with are plain forms.
func TestWithoutScript(t *testing.T) {
	ctx := browser(t)
	err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(preview(t)+"/chat.en?plain"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[map[string]any](`({
		notice: document.querySelector("#notice").textContent,
		latest: document.querySelector("#turns > li:last-child").getBoundingClientRect().bottom <= document.querySelector(".composer").getBoundingClientRect().top,
		first: document.querySelector("#turns > li").getBoundingClientRect().bottom < 0,
		forms: [...document.querySelectorAll(".box form")].map(f => f.method + " " + new URL(f.action).pathname + " " + f.elements.id.value.length),
	})`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"notice": "", "latest": true, "first": true, "forms": []any{"post /s/" + sessionID + "/say 36", "post /s/" + sessionID + "/hint 36"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func (f findings) report(t *testing.T, name string) {
	t.Helper()
	for _, v := range f.Violations {
		var nodes []string
		for _, n := range v.Nodes {
			nodes = append(nodes, fmt.Sprintf("\t%s\n\t%s", n.HTML, strings.ReplaceAll(n.Summary, "\n", " ")))
		}
		t.Errorf("%s: %s: %s\n%s", name, v.ID, v.Help, strings.Join(nodes, "\n"))
	}
	if f.Sideways != "" {
		t.Errorf("%s can be scrolled sideways by %s", name, f.Sideways)
	}
	if f.Small != "" {
		t.Errorf("%s has controls under 24 pixels:\n%s", name, f.Small)
	}
}

// shoot leaves a picture of the page, the talk as far as the window shows it.
func shoot(ctx context.Context, name string) error {
	if *shots == "" {
		return nil
	}
	take := chromedp.FullScreenshot(100)
	if strings.HasPrefix(name, "chat") || strings.HasSuffix(name, "rtl") {
		take = chromedp.CaptureScreenshot()
	}
	picture, err := chromedp.Run(ctx, take)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*shots, name+".png"), picture, 0o644)
}
