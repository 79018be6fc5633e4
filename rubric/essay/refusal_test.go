package essay

import (
	"strings"
	"testing"

	"maieutic/tutor"
)

// essays are beginnings of essays in languages of many families and scripts: each
// is read, whatever the engine knows of the language.
var essays = map[string]string{
	"de":       "Ich finde, dass Schulen Handys verbieten sollten. Sie lenken im Unterricht ab, und niemand hört mehr zu. Außerdem gehen sie oft kaputt oder verloren, und dann gibt es Streit zwischen den Kindern.",
	"pl":       "Uważam, że szkoły powinny zakazać telefonów. Przeszkadzają one w lekcjach i wszyscy patrzą tylko w ekran. Wszczęto już wiele dyskusji, ale nikt niczego nie zmienił, bo rodzice chcą dzwonić do dzieci.",
	"cs":       "Myslím si, že školy by měly zakázat telefony. Při hodinách vyrušují a všichni se dívají jen na obrazovku. Strč prst skrz krk je věta bez samohlásek, a přece ji každý Čech vysloví. Telefon počká.",
	"fi":       "Mielestäni koulujen pitäisi kieltää puhelimet. Ne häiritsevät opetusta, eikä kukaan kuule, mitä opettaja sanoo. Välitunnilla lapset voisivat leikkiä ja jutella keskenään, mikä olisi paljon parempi kuin ruudun tuijottaminen koko päivän.",
	"tr":       "Bence okullar telefonları yasaklamalı. Derste dikkat dağıtıyorlar ve kimse öğretmeni dinlemiyor. Geçen hafta sınıfımızda bir telefon üç kez çaldı ve on dakika kaybettik. Telefon öğleden sonraya kadar dolapta bekleyebilir, bu kimseye zarar vermez.",
	"vi":       "Tôi nghĩ rằng các trường học nên cấm điện thoại. Chúng làm học sinh mất tập trung và không ai nghe thầy cô giảng bài. Tuần trước điện thoại của bạn tôi reo ba lần trong lớp và chúng tôi mất mười phút.",
	"sw":       "Nadhani shule zinapaswa kupiga marufuku simu. Zinawavuruga wanafunzi na hakuna anayemsikiliza mwalimu. Wiki iliyopita simu ililia mara tatu darasani kwetu na tulipoteza dakika kumi. Simu inaweza kusubiri hadi jioni bila shida yoyote kwa mtu.",
	"ru":       "Я считаю, что школы должны запретить телефоны. Они отвлекают на уроках, и никто не слушает учителя. Взгляд каждого ученика прикован к экрану. На прошлой неделе телефон звонил три раза, и мы потеряли десять минут урока.",
	"el":       "Πιστεύω ότι τα σχολεία πρέπει να απαγορεύσουν τα κινητά. Αποσπούν την προσοχή και κανείς δεν ακούει τον δάσκαλο. Την περασμένη εβδομάδα ένα κινητό χτύπησε τρεις φορές και χάσαμε δέκα λεπτά από το μάθημα.",
	"he":       "אני חושב שבתי הספר צריכים לאסור טלפונים. הם מסיחים את הדעת ואף אחד לא מקשיב למורה. בשבוע שעבר טלפון צלצל שלוש פעמים בכיתה שלנו ואיבדנו עשר דקות. הטלפון יכול לחכות עד אחר הצהריים בלי בעיה.",
	"hi":       "मेरा मानना है कि स्कूलों को फोन पर रोक लगानी चाहिए। वे पढ़ाई में ध्यान भटकाते हैं और कोई शिक्षक की बात नहीं सुनता। पिछले हफ्ते हमारी कक्षा में एक फोन तीन बार बजा और हमारे दस मिनट बर्बाद हो गए।",
	"zh":       "我认为学校应该禁止使用手机。手机让学生分心，上课的时候大家都在看屏幕。有人说手机很有用，可是在学校里我们有电脑和老师。所以我觉得学校应该禁止手机。",
	"ja":       "私は学校が携帯電話を禁止するべきだと思います。授業中に気が散り、誰も先生の話を聞かなくなるからです。先週、クラスで電話が三回鳴り、十分も失いました。",
	"ko":       "나는 학교가 휴대전화를 금지해야 한다고 생각한다. 수업 시간에 집중을 방해하고 아무도 선생님의 말씀을 듣지 않기 때문이다. 지난주에 우리 반에서 전화가 세 번 울려서 우리는 십 분을 잃어버렸다. 전화는 오후까지 사물함에서 기다릴 수 있다. 그래도 아무도 손해를 보지 않는다. 나는 그것이 옳다고 믿는다.",
	"th":       "ฉันคิดว่าโรงเรียนควรห้ามใช้โทรศัพท์ เพราะทำให้นักเรียนเสียสมาธิและไม่มีใครฟังครู\nสัปดาห์ที่แล้วโทรศัพท์ดังสามครั้งในห้องเรียนของเรา และเราเสียเวลาไปสิบนาที",
	"misspelt": "i thinc scools shud ban fones. becuase thay ar disstracting and evryone luks at them. my frend lost his fone and he was verry sad abot it. so i thinc its beter withowt fones at scool.",
	"mixed":    "I think phones في المدرسة are a problem. Mi profesora dice que no, pero the class is loud. كل يوم يرن هاتف and nobody hears the lesson, y eso no está bien for any of us.",
	"a poem":   "The sea, the sea, the open sea! The blue, the fresh, the ever free! Without a mark, without a bound, it runs about the earth's wide round; it plays with clouds, it mocks the skies, and like a cradled creature lies.",
}

func TestEveryLanguageIsRead(t *testing.T) {
	for name, text := range essays {
		for _, language := range []string{"en", "es", "ar", name, ""} {
			if r := Analyze(text, Task{Language: language, Prompt: "Should schools ban phones?"}).Refuse(); r != "" {
				t.Errorf("%s for a task in %q: %s", name, language, r)
			}
		}
	}
}

func TestRefuse(t *testing.T) {
	task := phones
	reading := task.Sources[0].Text
	own := " I believe that this is right, and I have seen it myself when our school tried a week without phones and the yard was full of people who talked, played and laughed together as they had not done for years before that week."
	for name, c := range map[string]struct {
		text string
		want tutor.Refusal
	}{
		"nothing":             {"", tutor.RefusalBlank},
		"signs":               {"?!? … --- \n\n ***", tutor.RefusalBlank},
		"emoji":               {"😀😀😀 👍", tutor.RefusalBlank},
		"prompt":              {task.Prompt, tutor.RefusalCopied},
		"prompt, twice":       {task.Prompt + "\n\n" + task.Prompt, tutor.RefusalCopied},
		"reading":             {reading, tutor.RefusalCopied},
		"reading in capitals": {strings.ToUpper(reading), tutor.RefusalCopied},
		"prompt and a word":   {task.Prompt + " Yes.", tutor.RefusalCopied},
		"reading and own":     {reading + own, ""},
		"keyboard":            {"asdf jkl; qwer asdfgh hjkl zxcvb sdfg dfgh", tutor.RefusalGibberish},
		"keyboard, Cyrillic":  {"фывапр олджэ йцукен ячсмит фывапр олджэ", tutor.RefusalGibberish},
		"keyboard, Arabic":    {"شسيبل كمنت ضصثقف شسيب كمنتا ضصثق", tutor.RefusalGibberish},
		"letters":             {"xkcdq wvbnm trplk zzzqx mnbvc plkjh grtwq vbxzk", tutor.RefusalGibberish},
		"letters with vowels": {"gdiwk qpalz mxoert vbnqk woeiru tyghv cnxmz aoqpw rtzxk lkdhg eirut qwmnb pzxov hgtrk bnvcd uqwxz skdjf", tutor.RefusalGibberish},
		"one word":            {strings.Repeat("phone ", 60), tutor.RefusalGibberish},
		"one sentence, often": {strings.Repeat("Schools should ban phones now. ", 15), tutor.RefusalGibberish},
		"filler":              {"Lorem ipsum dolor sit amet, consectetur adipiscing elit. Sed do eiusmod tempor incididunt ut labore.", tutor.RefusalGibberish},
		"a sentence":          {"Schools should ban phones because they ring.", tutor.RefusalOneSentence},
		"a sentence, Arabic":  {"يجب أن تمنع المدارس الهواتف لأنها ترن.", tutor.RefusalOneSentence},
		"a sentence, Chinese": {"我认为学校应该禁止使用手机。", tutor.RefusalOneSentence},
		"three short ones":    {"Phones ring. I say no. We learn.", tutor.RefusalOneSentence},
		"one very long":       {"I think that schools should ban phones" + strings.Repeat(" and that we would then talk with each other about games or homework", 8) + ".", ""},
	} {
		if got := Analyze(c.text, task).Refuse(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
