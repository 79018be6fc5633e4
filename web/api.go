package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"maieutic/tutor"
)

// decode reads a JSON body strictly: a field that nobody knows is a mistake
// that should be heard of, not dropped.
func decode(r *http.Request, v any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(v)
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return tutor.Errorf(tutor.CodeInvalid, "the request is larger than %d bytes", tooBig.Limit)
	case errors.Is(err, io.EOF):
		return tutor.Errorf(tutor.CodeInvalid, "the request needs a JSON body")
	case err != nil:
		return tutor.Errorf(tutor.CodeInvalid, "the body is not the JSON that this path takes; see the protocol")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return tutor.Errorf(tutor.CodeInvalid, "the body holds more than one JSON value")
	}
	return nil
}

func (s *Server) apiLogin(w http.ResponseWriter, r *http.Request) error {
	var in struct{ Email, Password string }
	if err := decode(r, &in); err != nil {
		return err
	}
	account, err := s.begin(w, r, in.Email, in.Password)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, meWire(account))
	return nil
}

func (s *Server) apiLogout(w http.ResponseWriter, r *http.Request) error {
	if err := s.signOut(w, r); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type meJSON struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Email    string     `json:"email"`
	Role     tutor.Role `json:"role"`
	Language string     `json:"language"`
	SchoolID string     `json:"school_id"`
}

func meWire(a tutor.Account) meJSON {
	return meJSON{a.ID, a.Name, a.Email, a.Role, a.Language, a.SchoolID}
}

func (s *Server) apiMe(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, meWire(account))
	return nil
}

type courseJSON struct {
	ID         string         `json:"id"`
	Title      string         `json:"title"`
	Summary    string         `json:"summary"`
	Language   string         `json:"language"`
	Skills     []skillRef     `json:"skills"`
	Lessons    []lessonRef    `json:"lessons"`
	Activities []activityJSON `json:"activities"`
}

type skillRef struct {
	ID            string   `json:"id"`
	Title         string   `json:"title"`
	Description   string   `json:"description"`
	Prerequisites []string `json:"prerequisites"`
}

type lessonRef struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type activityJSON struct {
	ID         string              `json:"id"`
	Title      string              `json:"title"`
	Kind       tutor.ActivityKind  `json:"kind"`
	Skills     []string            `json:"skills"`
	Difficulty float64             `json:"difficulty"`
	LessonID   string              `json:"lesson_id,omitempty"`
	Status     tutor.SessionStatus `json:"status,omitempty"`
	SessionID  string              `json:"session_id,omitempty"`
	Assigned   bool                `json:"assigned,omitempty"`
}

func list[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}

func courseWire(c tutor.CourseOutline) courseJSON {
	out := courseJSON{
		ID: c.ID, Title: c.Title, Summary: c.Summary, Language: c.Language,
		Skills: []skillRef{}, Lessons: []lessonRef{}, Activities: []activityJSON{},
	}
	for _, k := range c.Skills {
		out.Skills = append(out.Skills, skillRef{k.ID, k.Title, k.Description, list(k.Prerequisites)})
	}
	for _, l := range c.Lessons {
		out.Lessons = append(out.Lessons, lessonRef{l.ID, l.Title})
	}
	for _, a := range c.Activities {
		out.Activities = append(out.Activities, activityJSON{
			ID: a.ID, Title: a.Title, Kind: a.Kind, Skills: list(a.Skills), Difficulty: a.Difficulty,
			LessonID: a.LessonID, Status: a.Status, SessionID: a.SessionID, Assigned: a.Assigned,
		})
	}
	return out
}

func (s *Server) apiCourses(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	courses, err := s.config.Store.Courses(r.Context(), account)
	if err != nil {
		return err
	}
	out := make([]courseJSON, 0, len(courses))
	for _, c := range courses {
		out = append(out, courseWire(c))
	}
	writeJSON(w, http.StatusOK, map[string]any{"courses": out})
	return nil
}

// start opens a session for a student; activityID "" lets the tutor choose.
func (s *Server) start(r *http.Request, activityID string) (tutor.Session, tutor.Choice, error) {
	account, err := viewer(r)
	if err != nil {
		return tutor.Session{}, tutor.Choice{}, err
	}
	if account.Role != tutor.RoleStudent {
		return tutor.Session{}, tutor.Choice{}, tutor.Errorf(tutor.CodeForbidden, "sessions belong to students; sign in as one to try an activity")
	}
	if s.draining() {
		return tutor.Session{}, tutor.Choice{}, tutor.Errorf(tutor.CodeUnavailable, "the server is restarting; try again in a moment")
	}
	return s.config.Tutor.Start(r.Context(), account, activityID)
}

func (s *Server) apiStart(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		ActivityID string `json:"activity_id"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	session, choice, err := s.start(r, in.ActivityID)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/v1/sessions/"+session.ID)
	out := map[string]any{"id": session.ID, "activity_id": session.ActivityID, "epoch": session.Epoch, "seq": session.Seq}
	if in.ActivityID == "" {
		out["why"] = choice.Reason
	}
	writeJSON(w, http.StatusCreated, out)
	return nil
}

// defaultPage is how many sessions a page has unless asked for another number.
const defaultPage = 20

func (s *Server) apiSessions(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	filter := tutor.SessionFilter{
		LearnerID: q.Get("learner_id"), ClassID: q.Get("class_id"), ActivityID: q.Get("activity_id"),
		Status: tutor.SessionStatus(q.Get("status")), BeforeID: q.Get("before_id"),
	}
	if before := q.Get("before"); before != "" {
		if filter.Before, err = time.Parse(time.RFC3339Nano, before); err != nil {
			return tutor.Errorf(tutor.CodeInvalid, "before must be a time such as 2026-01-31T12:00:00Z: use what next of the page before says")
		}
	}
	if limit := q.Get("limit"); limit != "" {
		if filter.Limit, err = strconv.Atoi(limit); err != nil || filter.Limit < 1 || filter.Limit > 100 {
			return tutor.Errorf(tutor.CodeInvalid, "limit is a number from 1 to 100")
		}
	}
	if err := wantUUIDs(filter.LearnerID, filter.ClassID, filter.BeforeID); err != nil {
		return err
	}
	sessions, err := s.config.Store.Sessions(r.Context(), account, filter)
	if err != nil {
		return err
	}
	out := make([]sessionJSON, 0, len(sessions))
	for _, session := range sessions {
		out = append(out, sessionWire(session))
	}
	answer := map[string]any{"sessions": out}
	if limit := cmp.Or(filter.Limit, defaultPage); len(sessions) == limit {
		last := sessions[len(sessions)-1]
		answer["next"] = url.Values{"before": {last.UpdatedAt.Format(time.RFC3339Nano)}, "before_id": {last.ID}}.Encode()
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

func wantUUIDs(ids ...string) error {
	for _, id := range ids {
		if id != "" && uuid.Validate(id) != nil {
			return tutor.Errorf(tutor.CodeNotFound, "there is no such thing, or you may not see it")
		}
	}
	return nil
}

func (s *Server) apiSession(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	session, turns, err := s.transcript(r, account)
	if err != nil {
		return err
	}
	out := sessionWire(session)
	format := r.URL.Query().Get("render")
	for _, t := range turns {
		out.Turns = append(out.Turns, s.turnWire(t, reveals(account, session), format))
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// reveals says whether a viewer sees targets and scores of a session.
func reveals(account tutor.Account, session tutor.Session) bool {
	return account.Role != tutor.RoleStudent || session.Status != tutor.SessionOpen
}

// transcript reads the session named in the path, whole.
func (s *Server) transcript(r *http.Request, account tutor.Account) (tutor.Session, []tutor.Turn, error) {
	id := r.PathValue("id")
	if err := wantUUIDs(id); err != nil {
		return tutor.Session{}, nil, err
	}
	session, err := s.config.Store.Session(r.Context(), account, id)
	if err != nil {
		return tutor.Session{}, nil, err
	}
	turns, err := s.config.Store.Turns(r.Context(), account, id, 0)
	return session, turns, err
}

func (s *Server) apiSkills(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("id")); err != nil {
		return err
	}
	skills, err := s.config.Store.Skills(r.Context(), account, r.PathValue("id"))
	if err != nil {
		return err
	}
	out := make([]skillJSON, 0, len(skills))
	for _, k := range skills {
		out = append(out, skillWire(k.Skill.Title, k.State))
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

type trailJSON struct {
	SessionID     string    `json:"session_id"`
	TurnSeq       int64     `json:"turn_seq"`
	ActivityID    string    `json:"activity_id"`
	ActivityTitle string    `json:"activity_title"`
	Score         scoreJSON `json:"score"`
	Quote         string    `json:"quote"`
	Hints         int       `json:"hints"`
	HintLevels    int       `json:"hint_levels"`
	Evidence      float64   `json:"evidence"` // after reliability and hints, 0..1
	Before        float64   `json:"before"`
	After         float64   `json:"after"`
	At            time.Time `json:"at"`
}

func (s *Server) apiTrail(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("id")); err != nil {
		return err
	}
	trail, err := s.config.Store.Trail(r.Context(), account, r.PathValue("id"), r.PathValue("skill"))
	if err != nil {
		return err
	}
	out := make([]trailJSON, 0, len(trail))
	for _, t := range trail {
		out = append(out, trailJSON{
			SessionID: t.Evidence.SessionID, TurnSeq: t.Evidence.TurnSeq,
			ActivityID: t.ActivityID, ActivityTitle: t.ActivityName, Score: scoreWire(t.Score), Quote: t.Quote,
			Hints: t.Evidence.Hints, HintLevels: t.Evidence.HintLevels, Evidence: t.Evidence.Effective(),
			Before: t.Before, After: t.After, At: t.Evidence.At,
		})
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// ifMatch reads the version a client looked at. Without one a save could
// overwrite what the client has never seen.
func ifMatch(r *http.Request) (int, error) {
	value := strings.Trim(r.Header.Get("If-Match"), `"`)
	version, err := strconv.Atoi(value)
	if err != nil || version < 1 {
		return 0, tutor.Errorf(tutor.CodeInvalid, `send If-Match: "<version>" with the version of the score you looked at`)
	}
	return version, nil
}

func (s *Server) apiOverride(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Level, Reason, Note string
		Quotes              []tutor.Quote // absent keeps the grader's
	}
	version, err := ifMatch(r)
	if err != nil {
		return err
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	change, err := s.override(r, tutor.ScoreOverride{
		ScoreID: r.PathValue("id"), Version: version, LevelID: in.Level,
		Reason: tutor.OverrideReason(in.Reason), Note: in.Note, Quotes: in.Quotes,
	})
	return s.answerChange(w, change, err)
}

func (s *Server) apiUndo(w http.ResponseWriter, r *http.Request) error {
	version, err := ifMatch(r)
	if err != nil {
		return err
	}
	account, err := staff(r)
	if err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("id")); err != nil {
		return err
	}
	change, err := s.config.Store.UndoOverride(r.Context(), account, r.PathValue("id"), version)
	return s.answerChange(w, change, err)
}

func (s *Server) answerChange(w http.ResponseWriter, change tutor.ScoreChange, err error) error {
	if err != nil {
		return err
	}
	type skillChange struct {
		skillJSON
		After float64 `json:"after"`
	}
	skills := make([]skillChange, 0, len(change.Skills))
	for _, c := range change.Skills {
		skills = append(skills, skillChange{changeWire(c, nil), c.After.Mastery})
	}
	w.Header().Set("ETag", strconv.Quote(strconv.Itoa(change.Score.Version)))
	writeJSON(w, http.StatusOK, map[string]any{"score": scoreWire(change.Score), "skills": skills})
	return nil
}

// staff returns the signed-in teacher or administrator.
func staff(r *http.Request) (tutor.Account, error) {
	account, err := viewer(r)
	if err == nil && account.Role == tutor.RoleStudent {
		err = tutor.Errorf(tutor.CodeForbidden, "only teachers and administrators may do this")
	}
	return account, err
}

func (s *Server) override(r *http.Request, o tutor.ScoreOverride) (tutor.ScoreChange, error) {
	account, err := staff(r)
	if err != nil {
		return tutor.ScoreChange{}, err
	}
	if err := wantUUIDs(o.ScoreID); err != nil {
		return tutor.ScoreChange{}, err
	}
	return s.config.Store.OverrideScore(r.Context(), account, o)
}

func (s *Server) apiAssign(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		ClassID    string `json:"class_id"`
		LearnerID  string `json:"learner_id"`
		ActivityID string `json:"activity_id"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	account, err := staff(r)
	if err != nil {
		return err
	}
	if err := wantUUIDs(in.ClassID, in.LearnerID); err != nil {
		return err
	}
	err = s.config.Store.Assign(r.Context(), account, tutor.Assignment{
		ID: uuid.NewString(), ClassID: in.ClassID, LearnerID: in.LearnerID, ActivityID: in.ActivityID,
		By: account.ID, At: s.config.Now(),
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// signOut ends the sign-in and every socket that it opened.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	id, _ := r.Context().Value(identityKey{}).(*identity)
	if err := s.end(w, r); err != nil {
		return err
	}
	if id != nil {
		s.rooms.signedOut(id.token)
	}
	return nil
}
