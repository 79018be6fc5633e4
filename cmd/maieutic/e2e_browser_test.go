package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browser is a Chromium of its own for one story: its cookies are nobody else's.
type browser struct {
	t    *testing.T
	base string
	ctx  context.Context // of the first tab
}

func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)
	return &browser{t: t, base: base, ctx: ctx}
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("CHROME"), "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	t.Fatal("no Chromium; install it with: make browser")
	return ""
}

// tab is one tab of a browser.
type tab struct {
	t    *testing.T
	base string
	ctx  context.Context
}

// first is the browser's first tab.
func (b *browser) first() *tab { return &tab{b.t, b.base, b.ctx} }

// another opens one more tab with the same cookies.
func (b *browser) another() *tab {
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	return &tab{b.t, b.base, ctx}
}

func (p *tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// open loads a page of the site.
func (p *tab) open(path string) {
	p.t.Helper()
	p.do("open "+path, chromedp.Navigate(p.base+path))
}

// evaluate runs an expression in the page and returns its value.
func evaluate[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to hold. It fails with what the page shows.
func (p *tab) until(what, expression string) {
	p.t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(20 * time.Second)
	for {
		ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && ok {
			return
		}
		select {
		case <-ticker.C:
		case <-deadline:
			p.t.Fatalf("%s: not within 20 s (%v). The page shows:\n%s", what, err, evaluate[string](p, "document.body.innerText"))
		}
	}
}

// click presses what a selector finds, as the keyboard would.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.until("find "+selector, fmt.Sprintf("document.querySelector(%q)", selector))
	p.do("click "+selector, chromedp.Click(selector))
}

// submit sends a form and waits for the page that it leads to.
func (p *tab) submit(selector string) {
	p.t.Helper()
	evaluate[bool](p, "window.before = true")
	p.click(selector)
	p.until("a page after "+selector, "!window.before && document.readyState === 'complete'")
}

func (p *tab) fill(selector, text string) {
	p.t.Helper()
	p.do("fill "+selector, chromedp.SendKeys(selector, text))
}

func (p *tab) signIn(email string) {
	p.t.Helper()
	p.open("/login")
	p.fill("#email", email)
	p.fill("#password", "maieutic-demo")
	p.submit("main button.primary")
}

// turns is how many turns of an author the page shows.
func (p *tab) turns(author string) int {
	p.t.Helper()
	return evaluate[int](p, fmt.Sprintf("document.querySelectorAll('#turns > li[data-seq][data-author=%s]').length", author))
}

// say sends a message through the composer and waits for its reply.
func (p *tab) say(text string) string {
	p.t.Helper()
	before := p.turns("tutor")
	p.until("the composer", "document.querySelector('#text') && !document.querySelector('#say').hidden")
	p.fill("#text", text+"\n") // Enter sends
	return p.reply(before)
}

func (p *tab) hint() string {
	p.t.Helper()
	before := p.turns("tutor")
	p.click("#hint button")
	return p.reply(before)
}

// reply waits for one more turn of the tutor and returns the last one's words.
func (p *tab) reply(before int) string {
	p.t.Helper()
	p.until("a reply", fmt.Sprintf("document.querySelectorAll('#turns > li[data-seq][data-author=tutor]').length > %d", before))
	return evaluate[string](p, "[...document.querySelectorAll('#turns > li[data-author=tutor]')].pop().innerText")
}

// start begins an activity by its id, as the button on the home page does.
func (p *tab) start(activity string) {
	p.t.Helper()
	p.open("/")
	evaluate[bool](p, fmt.Sprintf(`document.querySelectorAll("details").forEach(d => d.open = true), !!document.querySelector('input[value=%q]')`, activity))
	evaluate[bool](p, fmt.Sprintf(`window.before = true, document.querySelector('input[name=activity_id][value=%q]').form.requestSubmit(), true`, activity))
	p.until("the talk", "!window.before && document.querySelector('#turns > li')")
}

// look sets the size of the screen and the colours that the reader prefers.
func (p *tab) look(width, height int64, scheme string) {
	p.t.Helper()
	p.do("look", chromedp.EmulateViewport(width, height), func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return chromedp.Void{}, err
	})
}

// scripts turns scripts on or off.
func (p *tab) scripts(on bool) {
	p.t.Helper()
	p.do("scripts", func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return chromedp.Void{}, err
	})
}

var axe = sync.OnceValues(func() (string, error) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "web", "node_modules", "axe-core", "axe.min.js"))
	return string(raw), err
})

// accessible runs axe-core on the live page, and checks that nothing sticks out
// sideways and that nothing came from elsewhere.
func (p *tab) accessible(name string) {
	p.t.Helper()
	source, err := axe()
	if err != nil {
		p.t.Fatalf("axe-core is missing (%v); run make bundle", err)
	}
	evaluate[bool](p, source+"; true")
	found, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
		.then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | ").slice(0, 300)))`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: axe: %v", name, err)
	}
	for _, v := range found {
		p.t.Errorf("%s: %s", name, v)
	}
	if wide := evaluate[int](p, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 0 {
		p.t.Errorf("%s: sticks out by %d px", name, wide)
	}
	host, _ := url.Parse(p.base)
	for _, loaded := range evaluate[[]string](p, "performance.getEntriesByType('resource').map(e => e.name)") {
		if u, err := url.Parse(loaded); err == nil && u.Host != "" && u.Host != host.Host {
			p.t.Errorf("%s: loads %s", name, loaded)
		}
	}
}

func contains(t *testing.T, what, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			t.Errorf("%s: no %q in:\n%s", what, w, text)
		}
	}
}
