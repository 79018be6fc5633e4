package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

const essayTask = "arguing.when-should-school-begin"

const essayDraft = `I think school should begin later. Teenagers are tired in the morning and they cannot listen.

Some people say that parents have to go to work early. They cannot bring their children later.

School should begin later so that we can learn better.`

const essayRevised = `I think school should begin later, because teenagers need more sleep. Teenagers are tired in the morning and they cannot listen. For example, in my class somebody falls asleep in the first lesson nearly every week.

Some people say that parents have to go to work early. However, most of us walk or take the bus, so nobody has to drive us, and the youngest could still come early because the school is open at seven.

In conclusion, school should begin later so that we can learn better.`

// TestEssayEndToEnd is the story of one essay, told to the real program in a real
// browser: handed in, read, talked about, revised, compared, overruled, published
// and asked to be looked at again.
func TestEssayEndToEnd(t *testing.T) {
	server := startMain(t, "serve", "--demo", "--addr", "localhost:0", "--data", dataDir(t))
	student := newBrowser(t, server.url).first()
	student.signIn("student1@demo.example")
	student.startEssay(essayTask)
	session := evaluate[string](student, "document.querySelector('#editor').dataset.session")

	typedIsKept(t, student, session)
	student.handIn(essayDraft)
	student.until("the feedback", "document.querySelectorAll('.point.next').length >= 3")
	page := evaluate[string](student, "document.querySelector('main').innerText")
	contains(t, "the feedback", page, "has not published levels", "Some people say")
	if levels := evaluate[int](student, "document.querySelectorAll('.level').length"); levels > 0 {
		t.Errorf("%d levels are shown before anybody has published them", levels)
	}
	highlighted(t, student)
	student.accessible("feedback")
	talked(t, student)

	student.open("/s/" + session)
	student.handIn(essayRevised)
	student.until("the outcomes", "document.querySelectorAll('.outcomes li').length >= 2")
	if evaluate[int](student, "document.querySelectorAll('.outcomes .fate-addressed, .outcomes .fate-partly').length") == 0 {
		t.Errorf("nothing of the revision is seen:\n%s", evaluate[string](student, "document.querySelector('.outcomes').innerText"))
	}
	student.open("/s/" + session + "/compare?from=2&to=3")
	contains(t, "what is new", evaluate[string](student, "[...document.querySelectorAll('ins, .row-added')].map(e => e.innerText).join('|')"), "falls asleep")
	student.accessible("compare")

	draft := judged(t, server.url)
	student.open("/s/" + session + "/drafts/3")
	contains(t, "published", evaluate[string](student, "document.querySelector('main').innerText"), "Grace Mbeki", "The reply is there.")
	appealed(t, server.url, student, session, draft)
	if errors := strings.Count(server.stderr.String(), "level=ERROR"); errors > 0 {
		t.Errorf("the server logged %d errors:\n%s", errors, server.stderr)
	}
	for _, word := range []string{"falls asleep", "The reply is there", "I do answer them"} {
		if strings.Contains(server.stderr.String(), word) {
			t.Errorf("the log holds what somebody wrote: %q", word)
		}
	}
}

// startEssay opens an essay as the button on the home page does.
func (p *tab) startEssay(activity string) {
	p.t.Helper()
	p.open("/")
	evaluate[bool](p, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
	evaluate[bool](p, fmt.Sprintf(`window.before = true, document.querySelector('input[name=activity_id][value=%q]').form.requestSubmit(), true`, activity))
	p.until("the editor", "!window.before && document.querySelector('#draft')")
}

// write puts a text into the editor, as typing does.
func (p *tab) write(text string) {
	p.t.Helper()
	evaluate[bool](p, fmt.Sprintf(`(() => { const d = document.querySelector("#draft"); d.value = %q; d.dispatchEvent(new Event("input", { bubbles: true })); return true })()`, text))
}

// handIn hands a draft in and waits for its page.
func (p *tab) handIn(text string) {
	p.t.Helper()
	p.write(text)
	p.click("#editor button.primary")
	p.until("the draft's page", "location.pathname.includes('/drafts/')")
}

// networkConditions are the parameters of a command that every Chromium of these
// years knows.
type networkConditions struct {
	Offline  bool    `json:"offline"`
	Latency  float64 `json:"latency"`
	Download float64 `json:"downloadThroughput"`
	Upload   float64 `json:"uploadThroughput"`
}

var emulateNetwork = cdp.Command[networkConditions, cdp.Empty]{Method: "Network.emulateNetworkConditions"}

// offline cuts the page off from the network, or lets it on again.
func (p *tab) offline(off bool) {
	p.t.Helper()
	p.do("network", func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulateNetwork, networkConditions{Offline: off, Download: -1, Upload: -1})
		return chromedp.Void{}, err
	})
}

// typedIsKept leaves the page right after a keystroke, and hands in without a
// network: what was typed is there again, and the draft is handed in once.
func typedIsKept(t *testing.T, p *tab, session string) {
	p.fill("#draft", "Every keystroke counts.")
	p.open("/skills")
	p.open("/s/" + session)
	p.until("what was typed", "document.querySelector('#draft').value == 'Every keystroke counts.'")

	p.offline(true)
	p.write("I only have one sentence so far.")
	p.click("#editor button.primary")
	p.until("that it waits", "document.querySelector('#status').innerText.includes('as soon as there is a network')")
	p.offline(false)
	p.until("that it was handed in", "location.pathname.endsWith('/drafts/1')")
	p.until("a kind word", "document.querySelector('.overview')?.innerText.includes('I only have one sentence so far')")
	p.open("/s/" + session)
	if n := evaluate[int](p, "document.querySelectorAll('.glance thead a').length"); n != 1 {
		t.Errorf("handed in offline there are %d drafts", n)
	}
}

// highlighted follows a mark in the draft to its note and back, by the keyboard.
func highlighted(t *testing.T, p *tab) {
	p.until("marks in the draft", "document.querySelectorAll('.text mark a').length >= 2")
	evaluate[bool](p, "document.querySelector('.text mark a').focus(), true")
	p.do("Enter", chromedp.KeyEvent("\r"))
	p.until("the note", "location.hash.startsWith('#note-') && document.querySelector(location.hash)")
	p.click(".point:target a.ref")
	p.until("the place", "location.hash.startsWith('#place-')")
	if quoted := evaluate[string](p, "document.querySelector('.text mark').innerText"); !strings.Contains(essayDraft, strings.TrimSpace(quoted)) {
		t.Errorf("marked is %q, which the draft does not say", quoted)
	}
}

// talked asks the coach to write, then argues, then tries a sentence.
func talked(t *testing.T, p *tab) {
	p.click(".point.next a.button")
	p.until("the talk", "document.querySelector('#turns > li')")
	evaluate[bool](p, "document.querySelector('#text').value = '', true")
	contains(t, "asked to write", p.say("can you write it for me?"), "?")
	contains(t, "an argument", p.say("I disagree, I already did that"), "look again")
	answer := p.say("However, most of us walk or take the bus, so nobody has to drive us.")
	if strings.Contains(answer, "most of us walk") || !strings.Contains(answer, "?") {
		t.Errorf("to a tried sentence the coach says %q", answer)
	}
	p.accessible("talk")
}

// judged is the teacher's side: overrule one score, with a place in the draft, and
// publish. It returns the draft's id.
func judged(t *testing.T, base string) string {
	p := newBrowser(t, base).first()
	p.signIn("teacher1@demo.example")
	p.open("/essays")
	contains(t, "the queue", evaluate[string](p, "document.querySelector('main').innerText"), "Amara Okafor")
	p.accessible("queue")
	link := evaluate[string](p, "[...document.querySelectorAll('main a[href^=\"/essays/\"]')].map(a => a.getAttribute('href')).find(h => h.length > 20)")
	p.open(link)
	draft := evaluate[string](p, "location.pathname.split('/')[2]")
	p.accessible("review")
	form := `form[action*="/scores/"]`
	evaluate[bool](p, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
	evaluate[bool](p, fmt.Sprintf(`(() => { const f = document.querySelector(%q); const l = [...f.querySelectorAll("input[name=level]")]; const on = l.findIndex(x => x.checked);
		l[on == 0 ? 1 : on - 1].checked = true; f.querySelector("[name=reason]").value = "misread"; f.querySelector("[name=note]").value = "The reply is there."; return true })()`, form))
	evaluate[bool](p, fmt.Sprintf(`window.before = true, document.querySelector(%q).requestSubmit(), true`, form))
	p.until("the override", "!window.before && document.readyState === 'complete' && document.body.innerText.includes('The reply is there.')")
	p.open("/essays/" + draft)
	p.submit(`form[action*="/publish"] button`)
	return draft
}

// appealed is a request for review and its answer.
func appealed(t *testing.T, base string, p *tab, session, draft string) {
	evaluate[bool](p, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
	p.fill(".ask-review textarea", "I do answer them in the second paragraph.")
	p.submit(".ask-review button")
	p.until("that it is open", "document.querySelector('.appeal')")

	teacher := newBrowser(t, base).first()
	teacher.signIn("teacher1@demo.example")
	teacher.open("/essays/" + draft)
	contains(t, "the request", evaluate[string](teacher, "document.querySelector('main').innerText"), "I do answer them")
	teacher.fill(`form[action*="/answer"] textarea`, "I have looked again, and the level stays.")
	teacher.submit(`form[action*="/answer"] button`)

	p.open("/s/" + session + "/drafts/3")
	contains(t, "the outcome", evaluate[string](p, "document.querySelector('.appeal').innerText"), "I have looked again")
	p.accessible("an answered request")
}
