package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"maieutic/tutor"
	"maieutic/web/page"
	"maieutic/web/static"
)

const languageCookie = "maieutic_language"

// pageRoutes adds the pages. All of them work without a script.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	pages := func(pattern string, h endpoint) { mux.Handle(pattern, s.endpoint(pattern, h, s.pageFault)) }
	mux.Handle("GET /static/", static.Handler())
	pages("GET /login", s.pageSignIn)
	pages("POST /login", s.formSignIn)
	pages("POST /logout", s.formSignOut)
	pages("POST /language", s.formLanguage)
	pages("GET /{$}", s.pageHome)
	pages("POST /start", s.formStart)
	pages("GET /s/{id}", s.pageSession)
	pages("POST /s/{id}/say", s.formSay)
	pages("POST /s/{id}/hint", s.formHint)
	pages("POST /s/{id}/scores/{score}", s.formOverride)
	pages("POST /s/{id}/scores/{score}/undo", s.formUndo)
	pages("GET /skills", s.pageSkills)
	pages("GET /learners/{id}", s.pageLearner)
	pages("GET /learners/{id}/skills/{skill}", s.pageTrail)
	pages("GET /c/{course}/{lesson}", s.pageLesson)
	pages("GET /classes/{id}", s.pageClass)
	pages("POST /classes/{id}/assign", s.formAssign)
	pages("POST /classes/{id}/teach", s.formTeach)
	pages("GET /model", s.pageModel)
	pages("POST /model", s.formModel)
	s.essayRoutes(pages)
	s.agreementRoutes(pages)
	pages("/", func(http.ResponseWriter, *http.Request) error {
		return tutor.Errorf(tutor.CodeNotFound, "there is no such page")
	})
}

// language is the reader's: the account's, else what was chosen before signing
// in, else the browser's.
func (s *Server) language(r *http.Request) string {
	account, _ := viewer(r)
	chosen := ""
	if c, err := r.Cookie(languageCookie); err == nil {
		chosen = c.Value
	}
	return s.locale.Match(account.Language, chosen, r.Header.Get("Accept-Language"))
}

// reasonIn returns the words of a language for why a skill has moved.
func (s *Server) reasonIn(language string) func(code string) string {
	p := s.locale.Printer(s.locale.Match(language))
	return func(code string) string {
		if key := "why_" + code; p.Has(key) {
			return p.T(key)
		}
		return ""
	}
}

func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, name, title string, data any) error {
	v := page.View{Title: title, Language: s.language(r), Here: r.URL.Path, Data: data}
	if account, err := viewer(r); err == nil {
		v.Account = &account
	}
	return s.pages.Render(w, status, name, v)
}

func (s *Server) words(r *http.Request, key string) string {
	return s.locale.Printer(s.language(r)).T(key)
}

// pageFault shows what went wrong; a reader who is not signed in is asked to,
// and comes back afterwards.
func (s *Server) pageFault(w http.ResponseWriter, r *http.Request, err error) {
	code := tutor.ErrorCode(err)
	if code == tutor.CodeUnauthorized {
		target := "/login"
		if r.Method == http.MethodGet && r.URL.Path != "/" {
			target += "?next=" + url.QueryEscape(r.URL.Path)
		}
		http.Redirect(w, r, target, http.StatusSeeOther)
		return
	}
	words := s.words(r, "error_"+string(code))
	if code == tutor.CodeInvalid {
		words += " " + tutor.ErrorMessage(err)
	}
	data := page.Error{Status: statusOf(err), Code: code, Words: words, At: s.config.Now()}
	if err := s.show(w, r, statusOf(err), "error", s.words(r, "error_title"), data); err != nil {
		http.Error(w, words, http.StatusInternalServerError)
	}
}

// ownPath makes sure that a "next" stays on this site. Browsers read a backslash
// as a slash and drop tabs and line ends wherever they stand, and then "/\t/host"
// is another site.
func ownPath(next string) string {
	odd := func(r rune) bool { return r == '\\' || unicode.IsControl(r) }
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsFunc(next, odd) {
		return "/"
	}
	return next
}

func (s *Server) pageSignIn(w http.ResponseWriter, r *http.Request) error {
	if _, err := viewer(r); err == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	return s.show(w, r, http.StatusOK, "signin", s.words(r, "sign_in"), page.SignIn{Next: ownPath(r.URL.Query().Get("next"))})
}

// formSignIn answers a wrong password on the page itself, with what was typed
// still there.
func (s *Server) formSignIn(w http.ResponseWriter, r *http.Request) error {
	email, next := r.PostFormValue("email"), ownPath(r.PostFormValue("next"))
	_, err := s.begin(w, r, email, r.PostFormValue("password"))
	if err == nil {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return nil
	}
	key := map[tutor.Code]string{
		tutor.CodeUnauthorized: "error_sign_in", tutor.CodeForbidden: "error_demo",
		tutor.CodeRateLimited: "error_rate_limited", tutor.CodeInvalid: "error_invalid",
	}[tutor.ErrorCode(err)]
	if key == "" {
		return err
	}
	if tutor.ErrorCode(err) == tutor.CodeRateLimited {
		w.Header().Set("Retry-After", "20")
	}
	return s.show(w, r, statusOf(err), "signin", s.words(r, "sign_in"), page.SignIn{Email: email, Next: next, Error: s.words(r, key)})
}

func (s *Server) formSignOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.signOut(w, r); err != nil {
		return err
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

func (s *Server) formLanguage(w http.ResponseWriter, r *http.Request) error {
	language := s.locale.Match(r.PostFormValue("language"))
	if account, err := viewer(r); err == nil {
		if err := s.config.Store.SetLanguage(r.Context(), account, language); err != nil {
			return err
		}
	}
	http.SetCookie(w, &http.Cookie{
		Name: languageCookie, Value: language, Path: "/", MaxAge: int(signedInFor.Seconds()),
		HttpOnly: true, Secure: s.config.SecureCookies, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, ownPath(r.PostFormValue("next")), http.StatusSeeOther)
	return nil
}

// pageHome is where somebody starts: a student with activities, a teacher with
// classes.
func (s *Server) pageHome(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	if account.Role != tutor.RoleStudent {
		classes, err := s.config.Store.Classes(r.Context(), account)
		if err != nil {
			return err
		}
		return s.show(w, r, http.StatusOK, "classes", s.words(r, "classes_title"), page.Classes{Classes: classes})
	}
	courses, err := s.config.Store.Courses(r.Context(), account)
	if err != nil {
		return err
	}
	open, err := s.config.Store.Sessions(r.Context(), account,
		tutor.SessionFilter{LearnerID: account.ID, Status: tutor.SessionOpen, Limit: 5})
	if err != nil {
		return err
	}
	data := page.Home{Continue: open}
	for _, c := range courses {
		data.Courses = append(data.Courses, s.courseView(c))
		for _, a := range c.Activities {
			if a.Assigned {
				data.Assigned = append(data.Assigned, activityView(a))
			}
		}
	}
	return s.show(w, r, http.StatusOK, "home", s.words(r, "nav_home"), data)
}

// courseView puts a course's activities under their lessons, in course order.
func (s *Server) courseView(c tutor.CourseOutline) page.Course {
	out := page.Course{ID: c.ID, Title: c.Title, Summary: s.render.HTML(c.Summary)}
	groups := map[string]int{}
	for _, a := range c.Activities {
		at, ok := groups[a.LessonID]
		if !ok {
			at = len(out.Groups)
			groups[a.LessonID] = at
			group := page.Group{CourseID: c.ID}
			if i := slices.IndexFunc(c.Lessons, func(l tutor.Lesson) bool { return l.ID == a.LessonID }); i >= 0 {
				group.Lesson = &c.Lessons[i]
			}
			out.Groups = append(out.Groups, group)
		}
		out.Groups[at].Activities = append(out.Groups[at].Activities, activityView(a))
	}
	return out
}

func activityView(a tutor.ActivityOutline) page.Activity {
	level := "medium"
	switch {
	case a.Difficulty < 1.0/3:
		level = "easy"
	case a.Difficulty >= 2.0/3:
		level = "hard"
	}
	return page.Activity{ActivityOutline: a, Level: level}
}

func (s *Server) formStart(w http.ResponseWriter, r *http.Request) error {
	session, _, err := s.start(r, r.PostFormValue("activity_id"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/s/"+session.ID, http.StatusSeeOther)
	return nil
}

// pageSession is the talk for a student, the transcript for a teacher.
func (s *Server) pageSession(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	session, turns, err := s.transcript(r, account)
	if err != nil {
		return err
	}
	if account.Role != tutor.RoleStudent {
		return s.showTranscript(w, r, http.StatusOK, page.Transcript{Session: session, Turns: s.turnViews(turns)})
	}
	if session.Kind == tutor.ActivityEssay {
		return s.showEssay(w, r, http.StatusOK, "")
	}
	return s.showChat(w, r, http.StatusOK, session, turns, "")
}

func (s *Server) showChat(w http.ResponseWriter, r *http.Request, status int, session tutor.Session, turns []tutor.Turn, notice string) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	skills, err := s.activitySkills(r.Context(), account, session)
	if err != nil {
		return err
	}
	data := page.Chat{
		Session: session, Why: session.Why, Turns: s.turnViews(turns), Skills: skills,
		NewID: uuid.NewString(), HintID: uuid.NewString(), Error: notice,
	}
	return s.show(w, r, status, "chat", session.ActivityTitle, data)
}

// activitySkills are the learner's states on the skills of a session's activity.
func (s *Server) activitySkills(ctx context.Context, account tutor.Account, session tutor.Session) ([]page.Skill, error) {
	courses, err := s.config.Store.Courses(ctx, account)
	if err != nil {
		return nil, err
	}
	all, err := s.config.Store.Skills(ctx, account, session.LearnerID)
	if err != nil {
		return nil, err
	}
	var wanted []string
	for _, c := range courses {
		for _, a := range c.Activities {
			if a.ID == session.ActivityID {
				wanted = a.Skills
			}
		}
	}
	var out []page.Skill
	for _, k := range all {
		if slices.Contains(wanted, k.Skill.ID) {
			out = append(out, skillView(k))
		}
	}
	return out, nil
}

func skillView(k tutor.LearnerSkill) page.Skill {
	return page.Skill{LearnerSkill: k, Mastered: k.State.Mastery >= tutor.MasteredAt && k.State.Enough()}
}

func (s *Server) turnViews(turns []tutor.Turn) []page.Turn {
	out := make([]page.Turn, 0, len(turns))
	for _, t := range turns {
		v := page.Turn{Turn: t}
		if t.Author == tutor.AuthorTutor {
			v.HTML = s.render.HTML(t.Text)
		} else {
			v.HTML = s.render.Plain(t.Text)
		}
		for _, score := range t.Scores {
			v.Scores = append(v.Scores, page.Score{Score: score, Session: t.SessionID})
		}
		out = append(out, v)
	}
	return out
}

func (s *Server) formSay(w http.ResponseWriter, r *http.Request) error {
	return s.formTurn(w, r, tutor.TurnSay, r.PostFormValue("text"))
}

func (s *Server) formHint(w http.ResponseWriter, r *http.Request) error {
	return s.formTurn(w, r, tutor.TurnHint, "")
}

// formTurn takes a turn without a socket and waits for its reply. The hidden id
// makes sending the form twice harmless.
func (s *Server) formTurn(w http.ResponseWriter, r *http.Request, kind tutor.TurnKind, text string) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := wantUUIDs(id); err != nil {
		return err
	}
	if account.Role != tutor.RoleStudent {
		return tutor.Errorf(tutor.CodeForbidden, "only the student talks in a session")
	}
	in := tutor.TurnInput{
		SchoolID: account.SchoolID, SessionID: id, LearnerID: account.ID, Lease: lease, History: historyKept,
		ID: r.PostFormValue("id"), Kind: kind, Text: strings.ReplaceAll(text, "\r\n", "\n"),
	}
	if err = checkTurn(&in); err == nil {
		room := s.rooms.enter(id)
		defer s.rooms.leave(room)
		err = room.runAndWait(r.Context(), in)
	}
	if code := tutor.ErrorCode(err); code == tutor.CodeInvalid || code == tutor.CodeConflict {
		session, turns, again := s.transcript(r, account)
		if again != nil {
			return again
		}
		return s.showChat(w, r, statusOf(err), session, turns, tutor.ErrorMessage(err))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, s.talkOf(r, account, id)+"#latest", http.StatusSeeOther)
	return nil
}

func (s *Server) pageSkills(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	courses, err := s.skillCourses(r.Context(), account, account.ID)
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "skills", s.words(r, "skills_title"), page.Skills{ID: account.ID, Courses: courses})
}

func (s *Server) skillCourses(ctx context.Context, account tutor.Account, learner string) ([]page.SkillCourse, error) {
	skills, err := s.config.Store.Skills(ctx, account, learner)
	if err != nil {
		return nil, err
	}
	courses, err := s.config.Store.Courses(ctx, account)
	if err != nil {
		return nil, err
	}
	var out []page.SkillCourse
	for _, c := range courses {
		group := page.SkillCourse{Title: c.Title}
		for _, k := range skills {
			if k.Skill.CourseID == c.ID {
				group.Skills = append(group.Skills, skillView(k))
			}
		}
		if len(group.Skills) > 0 {
			out = append(out, group)
		}
	}
	return out, nil
}

func (s *Server) pageTrail(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	learner, skill := r.PathValue("id"), r.PathValue("skill")
	if err := wantUUIDs(learner); err != nil {
		return err
	}
	skills, err := s.config.Store.Skills(r.Context(), account, learner)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(skills, func(k tutor.LearnerSkill) bool { return k.Skill.ID == skill })
	if at < 0 {
		return tutor.Errorf(tutor.CodeNotFound, "there is no such skill")
	}
	entries, err := s.config.Store.Trail(r.Context(), account, learner, skill)
	if err != nil {
		return err
	}
	slices.Reverse(entries) // what happened last comes first
	return s.show(w, r, http.StatusOK, "trail", skills[at].Skill.Title,
		page.Trail{ID: learner, Skill: skillView(skills[at]), Entries: entries})
}

func (s *Server) pageLesson(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	lesson, err := s.config.Store.Lesson(r.Context(), account, r.PathValue("course"), r.PathValue("lesson"))
	if err != nil {
		return err
	}
	// A citation's link says which passage to mark. Anything else marks nothing.
	from, to := intParam(r, "from"), intParam(r, "to")
	return s.show(w, r, http.StatusOK, "lesson", lesson.Title, page.Lesson{Title: lesson.Title, Body: s.render.HTMLCited(lesson.Body, from, to)})
}

// intParam is a whole number of the query, 0 when there is none.
func intParam(r *http.Request, name string) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		return 0
	}
	return n
}
