import AudioAPI
import Primitives
import Testing

@Suite struct TranscriptFormatTests {
    private func json(_ format: TranscriptFormat, _ options: TranscriptFormat.Options = .init()) throws -> JSONValue {
        try JSONValue(parsing: format.render(Meeting.transcript, options: options))
    }

    private func text(_ format: TranscriptFormat, _ transcript: Transcript = Meeting.transcript, layout: CaptionLayout? = nil)
        -> String
    {
        String(decoding: format.render(transcript, options: .init(layout: layout)), as: UTF8.self)
    }

    @Test func plainJSON() throws {
        let value = try json(.json)
        #expect(value["text"]?.stringValue == Meeting.transcript.text)
        #expect(value["usage"] == ["type": "duration", "seconds": 13])
    }

    @Test func verboseJSON() throws {
        let value = try json(.verboseJSON)
        #expect(value["task"] == "transcribe" && value["language"] == "english" && value["duration"] == 12.3)
        #expect(value["words"] == nil)
        let first = try #require(value["segments"]?[0])
        #expect(
            first == [
                "id": 0, "seek": 50, "start": 0.5, "end": 4, "text": " Good morning, everybody, and welcome to the weekly meeting.",
                "tokens": [50364, 440], "temperature": 0, "avg_logprob": -0.25, "compression_ratio": 1.2, "no_speech_prob": 0.01,
            ])
    }

    @Test func granularities() throws {
        var options = TranscriptFormat.Options()
        options.granularities = [.word]
        let words = try json(.verboseJSON, options)
        #expect(words["segments"] == nil && words["words"]?.arrayValue?.count == 24)
        #expect(
            words["words"]?[0]?.objectValue?.keys.sorted() == ["end", "start", "word"] && words["words"]?[0]?["word"] == "Good")
        options.granularities = [.word, .segment]
        let both = try json(.verboseJSON, options)
        #expect(both["segments"]?.arrayValue?.count == 3 && both["words"] != nil)
    }

    @Test func diarizedJSON() throws {
        var options = TranscriptFormat.Options()
        options.speakerNames = ["S1": "Ann"]
        let value = try json(.diarizedJSON, options)
        #expect(
            value["segments"]?[1] == [
                "type": "transcript.text.segment", "id": "seg_2", "start": 4.2, "end": 4.6, "text": "Thanks.", "speaker": "Ann",
            ])
        #expect(value["segments"]?.arrayValue?.compactMap { $0["speaker"]?.stringValue } == ["A", "Ann", "A"])
        #expect(
            value["text"]?.stringValue?.hasPrefix("A: Good morning") == true
                && value["text"]?.stringValue?.contains("\nAnn: Thanks.\nA: We") == true)
    }

    @Test func manySpeakersAreLettered() throws {
        var crowd = Transcript(duration: 100)
        crowd.segments = (0..<30).map {
            TranscriptSegment(id: $0, start: Double($0), end: Double($0) + 1, text: "x", speaker: "p\($0)")
        }
        let value = OpenAITranscription(crowd).diarizedJSON()
        #expect(
            value["segments"]?[25]?["speaker"] == "Z" && value["segments"]?[26]?["speaker"] == "AA"
                && value["segments"]?[29]?["speaker"] == "AD")
    }

    @Test func tabSeparated() {
        let odd = Transcript(duration: 3, segments: [TranscriptSegment(id: 0, start: 0.0004, end: 2.3456, text: "tab\there\nline")])
        #expect(text(.tsv, odd) == "start\tend\ttext\n0\t2346\ttab here line\n")
    }

    @Test func plainText() {
        #expect(text(.text).hasPrefix("S0: Good morning") && text(.text).contains("\n\nS1: Thanks.\n\nS0: We have"))
        #expect(text(.text, Transcript(duration: 1, segments: [Meeting.segment(0, "Just this.", 0, 1)])) == "Just this.\n")
    }

    @Test func captionsBySegment() {
        #expect(
            text(.srt).hasPrefix(
                "1\n00:00:00,500 --> 00:00:04,000\nGood morning, everybody, and welcome to the weekly meeting.\n\n2\n"))
        #expect(text(.vtt).hasPrefix("WEBVTT\n\n00:00:00.500 --> 00:00:04.000\n<v S0>Good morning"))
    }

    @Test(arguments: TranscriptFormat.allCases)
    func emptyTranscripts(format: TranscriptFormat) {
        let text = text(format, Transcript(duration: 0), layout: CaptionLayout())
        let expected: [TranscriptFormat: String] = [.srt: "", .vtt: "WEBVTT\n\n", .text: "", .tsv: "start\tend\ttext\n"]
        #expect(text == expected[format] ?? text && !text.contains("nan"))
    }

    @Test func timesThatAreNoNumbersDoNoHarm() {
        let odd = Transcript(duration: .nan, segments: [TranscriptSegment(id: 0, start: .nan, end: .infinity, text: "x")])
        for format in TranscriptFormat.allCases { #expect(!format.render(odd).isEmpty) }
    }
}
