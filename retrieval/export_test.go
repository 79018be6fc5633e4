package retrieval

import "context"

// Sized returns the same index with other sizes of a segment and of what is
// searched exactly.
func (ix *Index) Sized(segment, exactUpTo int) *Index {
	sized := *ix
	sized.segmentSize, sized.indexFrom, sized.exactUpTo = segment, exactUpTo, exactUpTo
	return &sized
}

// Once returns the same index, whose walks end with the first candidates.
func (ix *Index) Once() *Index {
	once := *ix
	once.iterate, once.width = false, 40
	return &once
}

// IndexName is that of the index of nearest neighbours.
func (ix *Index) IndexName() string { return vectorIndex(ix.embedder) }

// Fold is what maieutic_term does to words after stemming.
var Fold = fold

// Term asks Postgres for the term of a word.
func (ix *Index) Term(ctx context.Context, language, word string) (term string, err error) {
	err = ix.pool.QueryRow(ctx, `select maieutic_term($1, $2)`, dictionary(language), word).Scan(&term)
	return term, err
}
