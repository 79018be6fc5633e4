package postgres

import (
	"testing"

	"maieutic/tutor/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, Migrate) }
