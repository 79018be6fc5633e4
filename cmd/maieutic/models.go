package main

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"maieutic/prompts"
	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/llm"
	"maieutic/tutor/llm/leash"
	"maieutic/tutor/llm/offline"
	"maieutic/tutor/llm/openai"
	"maieutic/tutor/postgres"
	"maieutic/tutor/privacy"
)

// models makes what the settings name, not yet on a leash: the client and the
// chat model are nil without one, the embedder is then the built-in one.
func models(config Config) (client *openai.Client, chat llm.Model, embedder llm.Embedder, err error) {
	embedder = offline.Embedder{}
	if config.Model.BaseURL == "" {
		return nil, nil, embedder, nil
	}
	if client, err = openai.New(config.Model); err != nil {
		return nil, nil, nil, err
	}
	if config.Model.ChatModel != "" {
		chat = client.Chat()
	}
	if config.Model.EmbeddingModel != "" {
		embedder = client.Embedder()
	}
	return client, chat, embedder, nil
}

// tie puts the models of the settings on the school's leash.
func (r *record) tie(config Config, log *slog.Logger) (llm.Embedder, error) {
	client, chat, embedder, err := models(config)
	if err != nil || client == nil {
		return embedder, err
	}
	r.client = client
	roster := newRosters(r.store)
	l := leash.New(leash.Config{
		Host: config.modelHost(), External: config.external(), Price: config.ModelPrice, Ledger: r.store,
		Curtain: roster.curtain, Legend: privacy.Legend, Log: log, Concurrent: config.ModelCalls,
	})
	if chat != nil {
		r.model = l.Model(chat)
	}
	if config.Model.EmbeddingModel != "" {
		embedder = l.Embedder(embedder)
	}
	return embedder, nil
}

// modelHost is the host of the model server.
func (c Config) modelHost() string { return hostOf(c.Model.BaseURL) }

func hostOf(address string) string {
	base, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(base.Hostname())
}

// modelServer is what an administrator is shown of the model server.
func (c Config) modelServer() tutor.ModelServer {
	return tutor.ModelServer{Name: cmp.Or(c.Model.ChatModel, c.Model.EmbeddingModel), Host: c.modelHost(), External: c.external()}
}

// numericHost is an address in one number, as in http://134744072 or
// http://0x8080808: some resolvers read it, and it may lie anywhere.
var numericHost = regexp.MustCompile(`^(?:0x[0-9a-f]*|[0-9]+)$`)

// external reports whether the model server is outside of the school.
func (c Config) external() bool { return outside(c.modelHost()) }

// outside reports whether a host is outside of the school: whatever is not this
// machine, a private address or a name that only a local network knows.
func outside(host string) bool {
	// Letters beyond ASCII are mapped on the way: of "example。com" comes a dot.
	if numericHost.MatchString(host) || strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return true
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast()
	}
	if !strings.Contains(host, ".") {
		return false
	}
	return !slices.ContainsFunc([]string{".localhost", ".local", ".lan", ".internal", ".home.arpa"}, func(end string) bool {
		return strings.HasSuffix(host, end)
	})
}

// rosterFor is how long a school's roster is remembered: a new student is known
// to the redaction after that at the latest.
const rosterFor = time.Minute

// rosters makes the curtains of schools. It is safe for concurrent use.
type rosters struct {
	store  *postgres.Store
	secret []byte

	mu    sync.Mutex
	known map[string]*roster // by school
}

type roster struct {
	mu       sync.Mutex
	at       time.Time
	redactor *privacy.Redactor
}

func newRosters(store *postgres.Store) *rosters {
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		panic(err) // never fails
	}
	return &rosters{store: store, secret: secret, known: map[string]*roster{}}
}

// curtain returns what hides the people of a school from one request. Without
// the roster there is none, and nothing leaves.
func (r *rosters) curtain(ctx context.Context, p llm.Party) (leash.Curtain, error) {
	r.mu.Lock()
	known := r.known[p.SchoolID]
	if known == nil {
		known = &roster{}
		r.known[p.SchoolID] = known
	}
	r.mu.Unlock()
	redactor, err := known.fresh(ctx, r.store, p.SchoolID)
	if err != nil {
		return nil, err
	}
	// The same for all requests about a learner, so that a history that is sent
	// again is the same again; nobody outside can compute it.
	seed := hmac.New(sha256.New, r.secret)
	seed.Write([]byte(p.SchoolID + "/" + p.LearnerID)) // a hash never fails to write
	replacement := redactor.Session(hex.EncodeToString(seed.Sum(nil)))
	return &curtain{replacement, replacement.Restorer()}, nil
}

// fresh reads the roster anew when it is old. One reads, the others wait.
func (k *roster) fresh(ctx context.Context, store *postgres.Store, school string) (*privacy.Redactor, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.redactor != nil && time.Since(k.at) < rosterFor {
		return k.redactor, nil
	}
	roll, err := store.Roll(ctx, school)
	if err != nil {
		return nil, err
	}
	people := make([]privacy.Person, len(roll.People))
	for i, a := range roll.People {
		people[i] = privacy.Person{Name: a.Name, Email: a.Email}
	}
	k.redactor, k.at = privacy.New(people, roll.Own...).Keep(roll.Titles), time.Now()
	return k.redactor, nil
}

// curtain is a privacy.Replacement for one request.
type curtain struct {
	*privacy.Replacement
	restorer *privacy.Restorer
}

func (c *curtain) Hide(text string) string  { return c.Redact(text) }
func (c *curtain) Show(piece string) string { return c.restorer.Write(piece) }
func (c *curtain) Rest() string             { return c.restorer.Close() }

// precedents finds scored answers with the built-in embedder: nothing leaves for
// it, and it knows every answer by its letters.
type precedents struct{ store *postgres.Store }

// keptPrecedents is how many of the newest scored answers are compared.
const keptPrecedents = 200

// Similar implements dialogue.Precedents.
func (p precedents) Similar(ctx context.Context, q tutor.PrecedentQuery) ([]prompts.Exemplar, error) {
	scored, err := p.store.Precedents(ctx, q.SchoolID, q.ActivityID, q.Criteria, keptPrecedents)
	if err != nil || len(scored) == 0 {
		return nil, err
	}
	texts := []string{q.Text}
	for _, s := range scored {
		texts = append(texts, s.Text)
	}
	vectors, err := offline.Embedder{}.Embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	near := make([]float64, len(scored))
	for i := range near {
		for k, x := range vectors[0] {
			near[i] += float64(x * vectors[i+1][k])
		}
	}
	return rubric.Telling(scored, near, q.Limit), nil
}
