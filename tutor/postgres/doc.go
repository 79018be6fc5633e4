// Package postgres keeps the record in Postgres 15 or newer with pgvector.
//
// Every statement runs inside a scope: one school, or the system scope for
// what looks over all schools. The scope is a setting of the transaction that
// row-level security reads, and it travels in the same round trip as the
// statements it guards. The statements name the school as well; the policies
// are what still holds when one of them is wrong.
//
// Turns, scores, evidence, activity versions and the audit log are appended and
// never changed; triggers refuse anything else. Skill states are a cache of the
// fold over the evidence.
package postgres
