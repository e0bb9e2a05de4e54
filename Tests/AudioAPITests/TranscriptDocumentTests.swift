import AudioAPI
import Primitives
import Testing

@Suite struct TranscriptDocumentTests {
    @Test func roundTrip() throws {
        let bytes = Meeting.transcript.document.serialized()
        #expect(try Transcript(document: JSONValue(parsing: bytes)) == Meeting.transcript)
    }

    @Test func smallestDocument() throws {
        let transcript = try Transcript(document: ["duration_seconds": 1, "segments": []])
        #expect(transcript == Transcript(duration: 1) && transcript.text.isEmpty)
        let one = try Transcript(
            document: [
                "duration_seconds": 1, "segments": [["start_seconds": 0, "end_seconds": 1, "text": "hi", "tokens": [1, 2]]],
            ])
        #expect(one.segments[0].tokenCount == 2 && one.text == "hi")
    }

    @Test(arguments: [
        ("[]", "the transcript must be an object"), ("{}", "duration_seconds is missing"),
        (#"{"duration_seconds":"x"}"#, "duration_seconds must be a number"),
        (#"{"duration_seconds":-1}"#, "duration_seconds must not be negative"),
        (#"{"duration_seconds":1e300}"#, "duration_seconds must be at most 10000000 s"),
        (
            #"{"duration_seconds":1,"segments":[{"start_seconds":0,"end_seconds":1e300,"text":"a"}]}"#,
            "segments.0.end_seconds must be at most 10000000 s"
        ),
        (#"{"duration_seconds":1,"task":"sing"}"#, "task must be transcribe or translate"),
        (#"{"duration_seconds":1,"segments":{}}"#, "segments must be a list"),
        (#"{"duration_seconds":1,"segments":[5]}"#, "segments.0 must be an object"),
        (
            #"{"duration_seconds":1,"segments":[{"start_seconds":2,"end_seconds":1,"text":""}]}"#,
            "segments.0.end_seconds must not lie before start_seconds"
        ),
        (#"{"duration_seconds":1,"segments":[{"start_seconds":0,"end_seconds":1}]}"#, "segments.0.text is missing"),
        (#"{"duration_seconds":1,"language_probability":2}"#, "language_probability must be between 0 and 1"),
        (
            #"{"duration_seconds":1,"segments":[{"start_seconds":0,"end_seconds":1,"text":"","words":[{"text":1}]}]}"#,
            "segments.0.words.0.start_seconds is missing"
        ),
        (
            #"{"duration_seconds":1,"segments":[{"start_seconds":0,"end_seconds":1,"text":"","tokens":["a"]}]}"#,
            "segments.0.tokens.0 must be a whole number"
        ),
    ])
    func faults(json: String, message: String) throws {
        let value = try JSONValue(parsing: Bytes(json.utf8))
        let error = try #require(throws: TranscriptError.self) { try Transcript(document: value) }
        #expect(error.message == message && error.code == "invalid-transcript")
    }

    @Test func textIsJoinedAsTheScriptDoes() {
        let chinese = Transcript(
            duration: 2,
            segments: [
                TranscriptSegment(id: 0, start: 0, end: 1, text: "你好，"), TranscriptSegment(id: 1, start: 1, end: 2, text: "世界。"),
            ])
        #expect(chinese.text == "你好，世界。")
        let words = [
            TranscriptWord(text: "don", start: 0, end: 1), TranscriptWord(text: "'t", hasLeadingSpace: false, start: 1, end: 2),
        ]
        #expect(words.joinedText == "don't")
        #expect(Meeting.transcript.speakers == ["S0", "S1"])
    }

    @Test func shifting() {
        let later = Meeting.transcript.shifted(by: 10)
        #expect(later.segments[1].start == 14.2 && later.words[0].start == 10.5 && later.text == Meeting.transcript.text)
    }

    @Test(arguments: [("en", "english"), ("en-GB", "english"), ("yue", "cantonese"), ("zh_CN", "chinese"), ("xx", nil), ("", nil)])
    func languageNames(code: String, name: String?) {
        #expect(SpokenLanguage.name(ofCode: code) == name)
    }

    @Test func languageCodes() {
        #expect(SpokenLanguage.codes.count == 100)
        #expect(SpokenLanguage.codes.allSatisfy { SpokenLanguage.name(ofCode: $0).flatMap(SpokenLanguage.code(from:)) == $0 })
        #expect(
            SpokenLanguage.code(from: "German") == "de" && SpokenLanguage.code(from: "pt-BR") == "pt"
                && SpokenLanguage.code(from: "klingon") == nil)
    }
}
