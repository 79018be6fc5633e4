package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// TokenKind says where a token is presented.
type TokenKind string

// The kinds of token.
const (
	TokenCookie TokenKind = "cookie" // of a browser, made by signing in
	TokenBearer TokenKind = "bearer" // of a program, made by an administrator
)

const accountColumns = `a.school_id, a.id, a.email, a.name, a.role, a.language, a.demo`

func scanAccount(row pgx.CollectableRow) (tutor.Account, error) {
	var a tutor.Account
	err := row.Scan(&a.SchoolID, &a.ID, &a.Email, &a.Name, &a.Role, &a.Language, &a.Demo)
	return a, err
}

// CreateSchool returns the id of the school of this name, which it makes when
// there is none.
func (s *Store) CreateSchool(ctx context.Context, name string) (string, error) {
	name = strings.TrimSpace(name)
	if err := checkName("the name of the school", name); err != nil {
		return "", err
	}
	id, err := one(ctx, s, systemScope, `
		insert into schools (id, name) values (gen_random_uuid(), @name)
		on conflict (name) do update set name = excluded.name
		returning id`,
		pgx.StrictNamedArgs{"name": name}, pgx.RowTo[string])
	return id, wrap(err, "create a school")
}

// School is a tenant: nothing is shared between two.
type School struct {
	ID   string // UUID
	Name string
}

// Schools lists the schools by name, the first thousand.
func (s *Store) Schools(ctx context.Context) ([]School, error) {
	schools, err := all(ctx, s, systemScope, `select id, name from schools order by name limit 1000`,
		nil, func(row pgx.CollectableRow) (School, error) {
			var sc School
			err := row.Scan(&sc.ID, &sc.Name)
			return sc, err
		})
	return schools, wrap(err, "list the schools")
}

// CreateAccount makes an account in a.SchoolID and returns it with its id. The
// password hash may be "", for one that cannot sign in yet. An address that is
// taken, in any school, is a CodeConflict.
func (s *Store) CreateAccount(ctx context.Context, a tutor.Account, passwordHash string) (tutor.Account, error) {
	sc, err := schoolScope(a.SchoolID)
	if err != nil {
		return tutor.Account{}, err
	}
	a.Email, a.Name = normalEmail(a.Email), strings.TrimSpace(a.Name)
	if err := checkAccount(a); err != nil {
		return tutor.Account{}, err
	}
	a, err = one(ctx, s, sc, `
		insert into accounts as a (school_id, id, email, name, password_hash, role, language, demo)
		values (@school, gen_random_uuid(), @email, @name, @hash, @role, @language, @demo)
		returning `+accountColumns,
		pgx.StrictNamedArgs{"school": a.SchoolID, "email": a.Email, "name": a.Name, "hash": passwordHash,
			"role": string(a.Role), "language": a.Language, "demo": a.Demo}, scanAccount)
	switch sqlState(err) {
	case stateUniqueViolation:
		return tutor.Account{}, tutor.Errorf(tutor.CodeConflict, "the address is taken; choose another, or change the account it belongs to")
	case stateForeignKeyViolation:
		return tutor.Account{}, notFound("school")
	}
	return a, wrap(err, "create an account")
}

func checkAccount(a tutor.Account) error {
	if local, domain, ok := strings.Cut(a.Email, "@"); !ok || local == "" || domain == "" || len(a.Email) > 254 || strings.ContainsAny(a.Email, " \t\r\n") {
		return tutor.Errorf(tutor.CodeInvalid, "an address reads name@domain and has at most 254 characters")
	}
	switch a.Role {
	case tutor.RoleStudent, tutor.RoleTeacher, tutor.RoleAdmin:
	default:
		return tutor.Errorf(tutor.CodeInvalid, "a role is one of student, teacher, admin")
	}
	for name, value := range map[string]string{"the address": a.Email, "the language": a.Language} {
		if err := checkText(name, value); err != nil {
			return err
		}
	}
	return checkName("the name", a.Name)
}

func checkName(what, name string) error {
	if name == "" || len(name) > 400 {
		return tutor.Errorf(tutor.CodeInvalid, "%s must have 1 to 400 bytes", what)
	}
	return checkText(what, name)
}

func normalEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// AccountByEmail returns an account with its password hash, over all schools.
func (s *Store) AccountByEmail(ctx context.Context, email string) (tutor.Account, string, error) {
	type row struct {
		account tutor.Account
		hash    string
	}
	email = normalEmail(email)
	if err := checkText("the address", email); err != nil {
		return tutor.Account{}, "", err
	}
	found, err := one(ctx, s, systemScope, `
		select `+accountColumns+`, a.password_hash from accounts a where a.email = @email`,
		pgx.StrictNamedArgs{"email": email}, func(r pgx.CollectableRow) (row, error) {
			var f row
			a := &f.account
			err := r.Scan(&a.SchoolID, &a.ID, &a.Email, &a.Name, &a.Role, &a.Language, &a.Demo, &f.hash)
			return f, err
		})
	return found.account, found.hash, missing(err, "account", "find an account by address")
}

// Accounts lists the accounts of a school by role and name, at most limit
// (1..1000), after the one with id after ("" for the first).
func (s *Store) Accounts(ctx context.Context, schoolID, after string, limit int) ([]tutor.Account, error) {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return nil, err
	}
	if after == "" {
		after = "00000000-0000-0000-0000-000000000000"
	}
	if !isUUID(after) || limit < 1 || limit > 1000 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "ask for 1 to 1000 accounts after an account's id")
	}
	accounts, err := all(ctx, s, sc, `
		select `+accountColumns+` from accounts a
		left join accounts last on last.school_id = @school and last.id = @after
		where a.school_id = @school
		  and (last.id is null or (a.role, a.name, a.id) > (last.role, last.name, last.id))
		order by a.role, a.name, a.id limit @limit`,
		pgx.StrictNamedArgs{"school": schoolID, "after": after, "limit": limit}, scanAccount)
	return accounts, wrap(err, "list the accounts")
}

// SetPassword replaces the hash of an account's password and signs it out
// everywhere.
func (s *Store) SetPassword(ctx context.Context, account tutor.Account, passwordHash string) error {
	sc, err := schoolScope(account.SchoolID)
	if err != nil {
		return err
	}
	args := pgx.StrictNamedArgs{"school": account.SchoolID, "id": account.ID, "hash": passwordHash}
	n, err := s.exec(ctx, sc, `
		with gone as (delete from tokens where school_id = @school and account_id = @id)
		update accounts set password_hash = @hash where school_id = @school and id = @id`, args)
	if err == nil && n == 0 {
		return notFound("account")
	}
	return wrap(err, "set a password")
}

// SetLanguage sets the language of the viewer's pages, BCP 47.
func (s *Store) SetLanguage(ctx context.Context, viewer tutor.Account, language string) error {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return err
	}
	if len(language) > 35 {
		return tutor.Errorf(tutor.CodeInvalid, "a language is a tag such as en, es or ar")
	}
	if err := checkText("the language", language); err != nil {
		return err
	}
	n, err := s.exec(ctx, sc, `update accounts set language = @language where school_id = @school and id = @id`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "id": viewer.ID, "language": language})
	if err == nil && n == 0 {
		return notFound("account")
	}
	return wrap(err, "set a language")
}

// Login records a sign-in under the SHA-256 of its token.
func (s *Store) Login(ctx context.Context, account tutor.Account, tokenHash []byte, expires time.Time) error {
	return s.CreateToken(ctx, account, TokenCookie, "", tokenHash, expires)
}

// CreateToken records a token of an account under its SHA-256. Label is for the
// person who lists tokens.
func (s *Store) CreateToken(ctx context.Context, account tutor.Account, kind TokenKind, label string, tokenHash []byte, expires time.Time) error {
	sc, err := schoolScope(account.SchoolID)
	if err != nil {
		return err
	}
	if err := checkText("the label", label); err != nil {
		return err
	}
	// Expired tokens of the account go on the way, so that they do not pile up.
	_, err = s.exec(ctx, sc, `
		with gone as (delete from tokens where school_id = @school and account_id = @account and expires_at < now())
		insert into tokens (school_id, hash, account_id, kind, label, expires_at)
		values (@school, @hash, @account, @kind, @label, @expires)`,
		pgx.StrictNamedArgs{"school": account.SchoolID, "hash": tokenHash, "account": account.ID,
			"kind": string(kind), "label": label, "expires": expires})
	if sqlState(err) == stateForeignKeyViolation {
		return notFound("account")
	}
	return wrap(err, "record a token")
}

// AccountByToken returns whose token (cookie or bearer) this is, over all
// schools; CodeUnauthorized when it is unknown or expired.
func (s *Store) AccountByToken(ctx context.Context, tokenHash []byte) (tutor.Account, error) {
	accounts, err := all(ctx, s, systemScope, `
		select `+accountColumns+` from tokens t
		join accounts a on a.school_id = t.school_id and a.id = t.account_id
		where t.hash = @hash and t.expires_at > now()`,
		pgx.StrictNamedArgs{"hash": tokenHash}, scanAccount)
	if err != nil {
		return tutor.Account{}, wrap(err, "find an account by token")
	}
	if len(accounts) == 0 {
		return tutor.Account{}, tutor.Errorf(tutor.CodeUnauthorized, "please sign in")
	}
	return accounts[0], nil
}

// Logout forgets a token. One that is not known is none to forget.
func (s *Store) Logout(ctx context.Context, tokenHash []byte) error {
	_, err := s.exec(ctx, systemScope, `delete from tokens where hash = @hash`, pgx.StrictNamedArgs{"hash": tokenHash})
	return wrap(err, "forget a token")
}
