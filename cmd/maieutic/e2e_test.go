package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// The stories of a student and a teacher, told to the real program in a real
// browser. Each has accounts of its own, so that none waits for another.
func TestEndToEnd(t *testing.T) {
	server := startMain(t, "serve", "--demo", "--addr", "localhost:0", "--data", dataDir(t))
	t.Run("a student is tutored and a teacher overrules", func(t *testing.T) { tutored(t, server.url) })
	t.Run("reload, second tab", func(t *testing.T) { interrupted(t, server.url) })
	t.Run("without scripts", func(t *testing.T) { scriptless(t, server.url) })
	t.Run("every page in every look", func(t *testing.T) { everyPage(t, server.url) })
	if errors := strings.Count(server.stderr.String(), "level=ERROR"); errors > 0 {
		t.Errorf("the server logged %d errors:\n%s", errors, server.stderr)
	}
	for _, word := range []string{"minus times minus", "10 - 5x", "slip of the pen", "like term"} {
		if strings.Contains(server.stderr.String(), word) {
			t.Errorf("the log holds what somebody wrote: %q", word)
		}
	}
}

const minusInFront = "algebra.minus-in-front"

var percent = regexp.MustCompile(`(\d+)\s*%`)

// mastery reads the first skill meter of the talk.
func (p *tab) mastery() string {
	p.t.Helper()
	return percent.FindString(evaluate[string](p, "document.querySelector('#skills [data-skill] .value').innerText"))
}

func tutored(t *testing.T, base string) {
	p := newBrowser(t, base).first()
	p.signIn("student1@demo.example")
	p.submit("#choose")
	contains(t, "the tutor's choice", evaluate[string](p, "document.querySelector('.chat').innerText"), "You have what it takes for this")

	p.start(minusInFront)
	before := p.mastery()
	contains(t, "a wrong idea", p.say("-5x - 10"), "into both", "?")
	contains(t, "a repaired idea", p.say("12"), "Expand")
	contains(t, "a right answer", p.say("10 - 5x"), "Now only a minus stands in front.")
	p.until("the meter to move", fmt.Sprintf("!document.querySelector('#skills .value').innerText.includes(%q)", before))
	if why := evaluate[string](p, "document.querySelector('#skills [data-skill] .why').innerText"); why == "" {
		t.Error("the meter moved without a reason")
	}

	p.hint()
	contains(t, "an answer to a question", p.say("what is a like term?"), "like terms", "Combining like terms", "Now only a minus stands in front.")
	link := evaluate[string](p, "document.querySelector('#turns .citations a').getAttribute('href')")
	if !strings.HasPrefix(link, "/c/algebra/") || !strings.HasSuffix(link, "#cited") {
		t.Errorf("the citation leads to %q", link)
	}
	p.say("-3y - 8")
	p.say("because minus times minus is plus and the -5 goes with both")
	p.until("the end", "!document.querySelector('#ended').hidden && document.querySelector('[data-when=mastered]').offsetParent")

	session := evaluate[string](p, "document.querySelector('#chat').dataset.session")
	p.open(link)
	p.until("the cited passage in view", "(() => { const r = document.querySelector('.prose .cited')?.getBoundingClientRect(); return r && r.top >= 0 && r.top < innerHeight && r.height > 0 })()")
	overruled(t, base, session)
}

// overruled is the teacher's side of the same session.
func overruled(t *testing.T, base, session string) {
	p := newBrowser(t, base).first()
	p.signIn("teacher1@demo.example")
	p.submit("main a[href^='/classes/']")
	contains(t, "the class", evaluate[string](p, "document.body.innerText"), "Amara Okafor", "Mei Tanaka")
	p.open("/s/" + session)
	page := evaluate[string](p, "document.body.innerText")
	contains(t, "the transcript", page, "leads out of a wrong idea", "built-in grader", "-5x - 10", "Incorrect")

	// The first score is the wrong idea: give it full marks.
	evaluate[bool](p, `document.querySelector("details.override").open = true`)
	evaluate[bool](p, `[...document.querySelector("details.override").querySelectorAll("input[name=level]")].pop().checked = true`)
	evaluate[bool](p, `!!(document.querySelector("details.override select").value = "too_strict")`)
	p.fill("details.override textarea", "The sign was a slip of the pen.")
	p.submit("details.override button")
	p.until("the effect", "document.querySelector('.saved .changes li')")
	contains(t, "the override", evaluate[string](p, "document.querySelector('.score.overridden').innerText"),
		"Too strict", "The sign was a slip of the pen.", "Grace Mbeki")
	change := percent.FindAllString(evaluate[string](p, "document.querySelector('.saved .changes').innerText"), -1)
	if len(change) < 2 || change[0] == change[1] {
		t.Fatalf("before and after: %v", change)
	}
	p.submit(".undo")
	p.until("the effect of the undo", "document.querySelector('.saved .changes li')")
	back := percent.FindAllString(evaluate[string](p, "document.querySelector('.saved .changes').innerText"), -1)
	if len(back) < 2 || back[0] != change[1] || back[1] != change[0] {
		t.Errorf("undone %v, overruled %v", back, change)
	}
}

// shown lists the turns on the page, each as its number and author.
func (p *tab) shown() []string {
	p.t.Helper()
	return evaluate[[]string](p, "[...document.querySelectorAll('#turns > li')].map(li => li.dataset.seq + ' ' + li.dataset.author)")
}

func interrupted(t *testing.T, base string) {
	b := newBrowser(t, base)
	p := b.first()
	p.signIn("student2@demo.example")
	p.start(minusInFront)
	path := evaluate[string](p, "location.pathname")
	for i := range 5 {
		p.fill("#text", fmt.Sprintf("I am not sure, maybe %d?\n", i))
		p.open(path) // while the answer is on its way
	}
	p.until("every answer", "document.querySelectorAll('#turns > li[data-author=tutor]').length >= 6")
	shown := p.shown()
	for i, turn := range shown {
		if number, _, _ := strings.Cut(turn, " "); number != fmt.Sprint(i+1) {
			t.Fatalf("turns %v", shown)
		}
	}
	second := b.another()
	second.open(path)
	second.until("the same turns", fmt.Sprintf("document.querySelectorAll('#turns > li').length == %d", len(shown)))
	second.say("-5x + 10")
	p.until("what the other tab said", "document.querySelector('#turns').innerText.includes('-5x + 10')")
	p.until("its reply", "[...document.querySelectorAll('#turns > li')].pop().dataset.author == 'tutor'")
	if a, b := p.shown(), second.shown(); strings.Join(a, ",") != strings.Join(b, ",") {
		t.Errorf("one tab shows %v, the other %v", a, b)
	}
	p.fill("#text", "one line") // Shift+Enter is a new line, Enter sends
	if evaluate[int](p, "document.querySelectorAll('#turns > li.pending').length") != 0 {
		t.Error("typing sent something")
	}
}

func scriptless(t *testing.T, base string) {
	p := newBrowser(t, base).first()
	p.scripts(false)
	p.open("/login")
	p.fill("#email", "student3@demo.example")
	p.fill("#password", "maieutic-demo")
	p.click("main button.primary")
	p.until("home", "location.pathname == '/' && document.querySelector('#choose')")
	p.click("#choose")
	p.until("a talk", "document.querySelector('#turns > li')")
	p.fill("#text", "I do not know")
	p.click("#say button")
	p.until("a reply", "document.querySelectorAll('#turns > li[data-author=tutor]').length == 2")
	p.click("#hint button")
	p.until("a hint", "document.querySelectorAll('#turns > li[data-author=tutor]').length == 3")
}

// everyPage looks at the live pages as several readers do.
func everyPage(t *testing.T, base string) {
	student := newBrowser(t, base).first()
	student.open("/login")
	student.accessible("sign-in")
	student.signIn("student4@demo.example")
	student.start(minusInFront)
	student.say("-5x - 10")
	talk := evaluate[string](student, "location.pathname")
	student.say("12")
	student.say("-5x + 10")
	student.open("/skills")
	trail := evaluate[string](student, "document.querySelector(\"a[href^='/learners/']\").getAttribute('href')")

	teacher := newBrowser(t, base).first()
	teacher.signIn("teacher2@demo.example")
	class := evaluate[string](teacher, "document.querySelector(\"a[href^='/classes/']\").getAttribute('href')")
	learner := strings.SplitN(trail, "/skills", 2)[0]
	for _, look := range []struct {
		width, height    int64
		scheme, language string
	}{{390, 844, "light", "en"}, {1280, 800, "dark", "ar"}, {320, 640, "dark", "es"}} {
		for _, reader := range []struct {
			tab   *tab
			pages []string
		}{
			{student, []string{"/", talk, "/skills", trail, "/c/algebra/like-terms", "/nothing"}},
			{teacher, []string{"/", class, learner, trail, talk}},
		} {
			reader.tab.look(look.width, look.height, look.scheme)
			reader.tab.open("/skills")
			reader.tab.open("/")
			evaluate[bool](reader.tab, fmt.Sprintf(`document.querySelector("#language").value = %q, window.before = true, document.querySelector("#language").form.requestSubmit(), true`, look.language))
			reader.tab.until("the language", fmt.Sprintf("!window.before && document.documentElement.lang == %q", look.language))
			for _, page := range reader.pages {
				reader.tab.open(page)
				reader.tab.accessible(fmt.Sprintf("%s at %d px in %s, %s", page, look.width, look.language, look.scheme))
			}
		}
	}
	if dir := evaluate[string](student, "document.documentElement.dir"); dir != "ltr" {
		t.Errorf("Spanish runs %s", dir)
	}
}
