package scorer

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"

	"maieutic/tutor"
)

// format names what Marshal writes; another one is refused.
const format = "maieutic essay scorer 1"

// header is all of a model but the weights of wording, which follow it.
type header struct {
	Format  string            `json:"format"`
	Essays  int               `json:"essays"`
	Low     float64           `json:"low"`
	High    float64           `json:"high"`
	Scale   []float64         `json:"scale"`
	Cuts    []float64         `json:"cuts,omitempty"`
	Stretch [2]float64        `json:"stretch"`
	Mean    float64           `json:"mean"`
	Spread  float64           `json:"spread"`
	Mix     float64           `json:"mix"`
	Shape   []float64         `json:"shape"`
	Means   []float64         `json:"means"`
	Devs    []float64         `json:"deviations"`
	Words   map[uint32]uint16 `json:"words"`
	Known   int               `json:"known"` // buckets that follow
}

// Limits of a stored model.
const (
	maxStored   = 64 << 20
	maxUnpacked = 256 << 20
)

// MarshalBinary writes a model: a JSON header and the known buckets with their
// weights, compressed. It holds numbers alone.
func (m *Model) MarshalBinary() ([]byte, error) {
	var known []byte
	count := 0
	for b, w := range m.wording {
		if !math.IsNaN(float64(w)) {
			known = binary.LittleEndian.AppendUint32(known, uint32(b))
			known = binary.LittleEndian.AppendUint32(known, math.Float32bits(w))
			count++
		}
	}
	h := header{Format: format, Low: m.low, High: m.high, Essays: m.Essays, Scale: m.scale, Cuts: m.cuts, Stretch: [2]float64{m.stretch.slope, m.stretch.shift},
		Mean: m.mean, Spread: m.spread, Mix: m.mix, Shape: m.shape, Means: m.norms.mean[:], Devs: m.norms.deviation[:], Words: m.words.df, Known: count}
	head, err := json.Marshal(h)
	if err != nil {
		return nil, tutor.WrapError(err, tutor.CodeInternal, "the scorer cannot be written")
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	for _, part := range [][]byte{binary.LittleEndian.AppendUint32(nil, uint32(len(head))), head, known} {
		if _, err := zip.Write(part); err != nil {
			return nil, tutor.WrapError(err, tutor.CodeInternal, "the scorer cannot be written")
		}
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
	return m, tutor.WrapError(err, tutor.CodeInvalid, "this is no scorer that this version can read; fit it again")
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
	size := int(binary.LittleEndian.Uint32(raw))
	if size < 0 || size > len(raw)-4 {
		return nil, errStored
	}
	var h header
	if err := json.Unmarshal(raw[4:4+size], &h); err != nil {
		return nil, err
	}
	known := raw[4+size:]
	if !h.whole() || len(known) != 8*h.Known {
		return nil, errStored
	}
	m := &Model{Essays: h.Essays, low: h.Low, high: h.High, scale: h.Scale, cuts: h.Cuts, stretch: line{h.Stretch[0], h.Stretch[1]}, mean: h.Mean, spread: h.Spread,
		mix: h.Mix, shape: h.Shape, words: lexicon{df: h.Words, essays: h.Essays}, wording: make([]float32, buckets)}
	copy(m.norms.mean[:], h.Means)
	copy(m.norms.deviation[:], h.Devs)
	for i := range m.wording {
		m.wording[i] = float32(math.NaN())
	}
	for ; len(known) > 0; known = known[8:] {
		b := binary.LittleEndian.Uint32(known)
		if b >= buckets {
			return nil, errStored
		}
		m.wording[b] = math.Float32frombits(binary.LittleEndian.Uint32(known[4:]))
	}
	return m, nil
}

// whole reports whether a header describes a model that can score.
func (h header) whole() bool {
	ok := h.Format == format && h.Essays > 0 && h.High > h.Low && len(h.Scale) >= 2 && (h.Cuts == nil || len(h.Cuts) == len(h.Scale)-1) &&
		len(h.Shape) == waves+features && len(h.Means) == features && len(h.Devs) == features && h.Known >= 0
	for i := 1; i < len(h.Scale); i++ {
		ok = ok && h.Scale[i] > h.Scale[i-1]
	}
	for i := 1; i < len(h.Cuts); i++ {
		ok = ok && h.Cuts[i] >= h.Cuts[i-1]
	}
	for _, d := range h.Devs {
		ok = ok && d > 0
	}
	return ok
}
