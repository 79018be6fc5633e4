package scorer

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"slices"

	"maieutic/tutor"
)

// format names what MarshalBinary writes; another one is refused.
const format = "maieutic essay scorer 2"

// header is all of a model but what it knows of words and wording, which follows.
type header struct {
	Format  string     `json:"format"`
	Essays  int        `json:"essays"`
	Low     float64    `json:"low"`
	High    float64    `json:"high"`
	Scale   []float64  `json:"scale"`
	Cuts    []float64  `json:"cuts"`
	Stretch [2]float64 `json:"stretch"`
	Mean    float64    `json:"mean"`
	Spread  float64    `json:"spread"`
	Trees   float64    `json:"trees"`
	Lengths float64    `json:"lengths"`
	Length  [3]float64 `json:"length"`
	Forest  forest     `json:"forest"`
	Shape   []float64  `json:"shape"`
	Means   []float64  `json:"means"`
	Devs    []float64  `json:"deviations"`
	Counted bool       `json:"counted"`
	Unit    float64    `json:"unit"`
	Words   int        `json:"words"` // that follow: hash and essays
	Keys    int        `json:"keys"`  // that follow: key and weight
}

// Limits of a stored model: that of 3,000 essays of 700 words has a few MB.
const (
	maxStored   = 64 << 20
	maxUnpacked = 256 << 20
)

// MarshalBinary writes a model: a JSON header, then hashed words with the number of
// essays that have them and the keys of wording with their weights, both as
// differences; all compressed. It holds numbers alone, and none of what fewer
// than three essays have.
func (m *Model) MarshalBinary() ([]byte, error) {
	h := header{Format: format, Low: m.low, High: m.high, Essays: m.Essays, Scale: m.scale, Cuts: m.cuts, Stretch: [2]float64{m.stretch.slope, m.stretch.shift},
		Mean: m.mean, Spread: m.spread, Trees: m.trees, Lengths: m.lengths, Length: m.length, Forest: m.forest, Shape: m.shape, Means: m.norms.mean[:],
		Devs: m.norms.deviation[:], Counted: m.counted, Unit: m.unit, Words: len(m.words.df), Keys: len(m.keys)}
	head, err := json.Marshal(h)
	if err != nil {
		return nil, tutor.WrapError(err, tutor.CodeInternal, "the scorer cannot be written")
	}
	raw := append(binary.LittleEndian.AppendUint32(nil, uint32(len(head))), head...)
	last := uint32(0)
	for _, hash := range slices.Sorted(maps.Keys(m.words.df)) {
		raw = binary.AppendUvarint(raw, uint64(hash-last))
		raw = binary.AppendUvarint(raw, uint64(m.words.df[hash]))
		last = hash
	}
	last = 0
	for _, key := range m.keys {
		raw = binary.AppendUvarint(raw, uint64(key-last))
		last = key
	}
	for _, w := range m.wording {
		raw = binary.AppendVarint(raw, int64(w))
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if _, err := zip.Write(raw); err != nil {
		return nil, tutor.WrapError(err, tutor.CodeInternal, "the scorer cannot be written")
	}
	if err := zip.Close(); err != nil {
		return nil, tutor.WrapError(err, tutor.CodeInternal, "the scorer cannot be written")
	}
	return out.Bytes(), nil
}

var errStored = errors.New("not a scorer of this version")

// Unmarshal reads what MarshalBinary has written. Anything else is a CodeInvalid.
func Unmarshal(stored []byte) (*Model, error) {
	m, err := unmarshal(stored)
	if err != nil {
		return nil, tutor.WrapError(err, tutor.CodeInvalid, "this is no scorer that this version can read; fit it again")
	}
	return m, nil
}

func unmarshal(stored []byte) (*Model, error) {
	if len(stored) > maxStored {
		return nil, errStored
	}
	zip, err := gzip.NewReader(bytes.NewReader(stored))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(zip, maxUnpacked))
	if err != nil {
		return nil, err
	}
	if len(raw) < 4 {
		return nil, errStored
	}
	size := uint64(binary.LittleEndian.Uint32(raw))
	if size > uint64(len(raw)-4) {
		return nil, errStored
	}
	var h header
	if err := json.Unmarshal(raw[4:4+size], &h); err != nil {
		return nil, err
	}
	if !h.whole() {
		return nil, errStored
	}
	m := &Model{Essays: h.Essays, low: h.Low, high: h.High, scale: h.Scale, cuts: h.Cuts, stretch: line{h.Stretch[0], h.Stretch[1]}, mean: h.Mean, spread: h.Spread,
		trees: h.Trees, lengths: h.Lengths, length: h.Length, forest: h.Forest, shape: h.Shape, counted: h.Counted, unit: h.Unit}
	copy(m.norms.mean[:], h.Means)
	copy(m.norms.deviation[:], h.Devs)
	return m, m.readWords(raw[4+size:], h)
}

// readWords reads what follows the header: exactly what it announces.
func (m *Model) readWords(raw []byte, h header) error {
	if h.Words > len(raw) || h.Keys > len(raw) {
		return errStored
	}
	in := numbers{raw: raw}
	m.words = lexicon{df: make(map[uint32]uint16, h.Words), essays: h.Essays}
	hash := uint64(0)
	for range h.Words {
		hash += in.unsigned()
		df := in.unsigned()
		if hash > math.MaxUint32 || df > math.MaxUint16 || df > uint64(h.Essays) {
			return errStored
		}
		m.words.df[uint32(hash)] = uint16(df)
	}
	m.keys, m.wording = make([]uint32, h.Keys), make([]int16, h.Keys)
	key := uint64(0)
	for i := range m.keys {
		step := in.unsigned()
		key += step
		if key > math.MaxUint32 || (i > 0 && step == 0) {
			return errStored
		}
		m.keys[i] = uint32(key)
	}
	for i := range m.wording {
		w := in.signed()
		if w < math.MinInt16 || w > math.MaxInt16 {
			return errStored
		}
		m.wording[i] = int16(w)
	}
	if in.bad || len(in.raw) > 0 {
		return errStored
	}
	return nil
}

// numbers reads variable-length numbers; past the end, or when one is too long, it
// gives 0 and is bad.
type numbers struct {
	raw []byte
	bad bool
}

func (n *numbers) unsigned() uint64 {
	v, size := binary.Uvarint(n.raw)
	if size <= 0 || v > math.MaxUint32 {
		n.bad, n.raw = true, nil
		return 0
	}
	n.raw = n.raw[size:]
	return v
}

func (n *numbers) signed() int64 {
	v := n.unsigned()
	return int64(v>>1) ^ -int64(v&1) // zigzag, as binary.AppendVarint writes
}

// whole reports whether a header describes a model that can score.
func (h header) whole() bool {
	ok := h.Format == format && h.Essays > 0 && h.High > h.Low && len(h.Scale) >= 2 && len(h.Cuts) == len(h.Scale)-1 &&
		len(h.Shape) == waves+features && len(h.Means) == features && len(h.Devs) == features && h.Words >= 0 && h.Keys >= 0 &&
		len(h.Forest.Trees) <= rounds && small(h.Mean, h.Spread, h.Unit, h.Forest.Mean, h.Low, h.High, h.Stretch[0], h.Stretch[1]) &&
		small(h.Scale...) && small(h.Cuts...) && small(h.Shape...) && small(h.Means...) && small(h.Trees, h.Lengths) && small(h.Length[:]...)
	for i := 1; i < len(h.Scale); i++ {
		ok = ok && h.Scale[i] > h.Scale[i-1]
	}
	for i := 1; i < len(h.Cuts); i++ {
		ok = ok && h.Cuts[i] >= h.Cuts[i-1]
	}
	for _, d := range h.Devs {
		ok = ok && d >= leastDeviation
	}
	for _, t := range h.Forest.Trees {
		ok = ok && small(t.Leaf[:]...)
		for _, f := range t.Feature {
			ok = ok && f < features
		}
	}
	return ok
}

// small reports whether numbers are so small that no sum of their products can be
// infinite.
func small(numbers ...float64) bool {
	for _, x := range numbers {
		if math.IsNaN(x) || math.Abs(x) > 1e12 {
			return false
		}
	}
	return true
}
