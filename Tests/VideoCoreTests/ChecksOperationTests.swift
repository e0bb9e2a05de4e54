import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// `video.checks`, beside FFmpeg's own detectors.
@Suite(.computing) struct ChecksOperationTests {
    private typealias Span = (start: Double, end: Double)

    /// Runs one check.
    private func check(
        _ name: String, _ fixture: VideoFixture, _ path: String, _ parameters: [String: JSONValue] = [:]
    ) async throws -> (verdict: String?, found: [Span], notes: [String], measures: JSONValue?) {
        let settings = parameters.merging(["checks": .string(name), "formats": "json"]) { $1 }
        let (_, measured) = try await fixture.run("video.checks", .object(settings), on: path)
        let result = try #require(measured["checks"]?[0], "\(measured)")
        #expect(result["check"]?.stringValue == name && measured["verdict"] == result["verdict"] || result["verdict"] == "skipped")
        let findings = result["findings"]?.arrayValue ?? []
        return (
            result["verdict"]?.stringValue,
            findings.compactMap { finding in
                guard let start = finding["start_seconds"]?.doubleValue, let end = finding["end_seconds"]?.doubleValue else {
                    return nil
                }
                return (start, end)
            },
            findings.compactMap { $0["note"]?.stringValue }, result["measures"]
        )
    }

    /// The numbers that a filter of FFmpeg prints after each of two words, in order.
    private func told(
        _ path: String, _ filter: [String], from begin: String, to end: String
    ) async throws -> [Span] {
        let run = try await CommandRun.run("ffmpeg", ["-hide_banner", "-i", path] + filter + ["-f", "null", "-"])
        func numbers(_ word: String) -> [Double] {
            run.errors.components(separatedBy: word).dropFirst().compactMap { part in
                Double(part.drop { $0 == " " }.prefix { $0.isNumber || $0 == "." })
            }
        }
        return zip(numbers(begin), numbers(end)).map { ($0, $1) }
    }

    private func agree(_ ours: [Span], _ theirs: [Span], within tolerance: Double = 0.045) -> Bool {
        !theirs.isEmpty && ours.count == theirs.count
            && zip(ours, theirs).allSatisfy { abs($0.start - $1.start) < tolerance && abs($0.end - $1.end) < tolerance }
    }

    /// A second and a half of moving pictures, then `middle`, then moving pictures again.
    private func film(_ fixture: VideoFixture, _ middle: String, _ name: String = "film.mp4") async throws -> String {
        let path = fixture.path(name)
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1.52", "-f", "lavfi", "-i", middle, "-f", "lavfi", "-i",
            "mandelbrot=s=320x180:r=25,trim=duration=1", "-filter_complex",
            "[0:v]format=yuv420p,setsar=1[a];[1:v]format=yuv420p,setsar=1[b];[2:v]format=yuv420p,setsar=1[c];"
                + "[a][b][c]concat=n=3", "-c:v", "libx264", "-crf", "16", path,
        ])
        return path
    }

    @Test func blackIsFoundWhereBlackdetectFindsIt() async throws {
        let fixture = try VideoFixture()
        let path = try await film(fixture, "color=black:s=320x180:r=25:d=2.4")
        let found = try await check("black", fixture, path)
        let theirs = try await told(path, ["-vf", "blackdetect=d=2"], from: "black_start:", to: "black_end:")
        #expect(found.verdict == "fail" && agree(found.found, theirs), "\(found) \(theirs)")
        #expect(abs((found.found.first?.start ?? 0) - 1.52) < 0.01 && abs((found.found.first?.end ?? 0) - 3.92) < 0.01, "\(found)")
        #expect(try await check("black", fixture, path, ["black_s": 2.5]).verdict == "pass")
    }

    @Test func standstillIsFoundWhereFreezedetectFindsIt() async throws {
        let fixture = try VideoFixture()
        let path = try await film(fixture, "smptehdbars=s=320x180:r=25:d=2.4")
        let found = try await check("freeze", fixture, path)
        let theirs = try await told(
            path, ["-vf", "freezedetect=n=-60dB:d=2"], from: "freeze_start:", to: "freeze_end:")
        #expect(found.verdict == "fail" && agree(found.found, theirs), "\(found) \(theirs)")
        let moving = try await film(fixture, "testsrc2=s=320x180:r=25:d=2.4", "moving.mp4")
        #expect(try await check("freeze", fixture, moving).verdict == "pass")
    }

    @Test func silenceAndLoudnessAreThoseOfFFmpeg() async throws {
        let fixture = try VideoFixture()
        let path = fixture.path("sound.mkv")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=8", "-f", "lavfi", "-i",
            "sine=f=997:r=48000:d=8,aformat=channel_layouts=stereo,volume='if(between(t,2,5.5),0,0.5)':eval=frame", "-c:v",
            "libx264", "-c:a", "pcm_s16le", path,
        ])
        let silence = try await check("silence", fixture, path)
        let theirs = try await told(
            path, ["-af", "silencedetect=n=-60dB:d=2"], from: "silence_start:", to: "silence_end:")
        #expect(silence.verdict == "fail" && agree(silence.found, theirs, within: 0.002), "\(silence) \(theirs)")
        let loudness = try await check("loudness", fixture, path)
        let run = try await CommandRun.run(
            "ffmpeg", ["-hide_banner", "-i", path, "-filter_complex", "ebur128=peak=true", "-f", "null", "-"])
        let summary = run.errors.components(separatedBy: "Summary:").last ?? ""
        func value(_ label: String) -> Double? {
            summary.components(separatedBy: label).dropFirst().first.flatMap { part in
                Double(part.drop { $0 == " " }.prefix { $0.isNumber || $0 == "." || $0 == "-" })
            }
        }
        let (integrated, peak) = (try #require(value("I:")), try #require(value("Peak:")))
        #expect(abs((loudness.measures?["integrated_lufs"]?.doubleValue ?? 0) - integrated) < 0.15, "\(loudness) \(summary)")
        #expect(abs((loudness.measures?["true_peak_dbtp"]?.doubleValue ?? 9) - peak) < 0.15, "\(loudness) \(summary)")
        #expect(loudness.verdict == "fail" && loudness.notes.first?.hasPrefix("too quiet") == true, "\(loudness)")
        #expect(try await check("loudness", fixture, path, ["loudness_lufs": .number(integrated)]).verdict == "pass")
        #expect(
            try await check(
                "loudness", fixture, path, ["loudness_lufs": .number(integrated), "true_peak_dbtp": .number(peak - 1)]
            ).notes.first?.hasPrefix("true peak") == true)
    }

    @Test func barsAreMeasuredAsCropdetectDoes() async throws {
        let fixture = try VideoFixture()
        let path = fixture.path("bars.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=320x136:r=25:d=3,pad=320:180:0:22", "-pix_fmt", "yuv420p", "-c:v", "libx264", path,
        ])
        let found = try await check("letterbox", fixture, path)
        let run = try await CommandRun.run("ffmpeg", ["-hide_banner", "-i", path, "-vf", "cropdetect=round=2", "-f", "null", "-"])
        #expect(run.errors.contains("crop=320:136:0:22"))
        #expect(found.verdict == "fail" && found.notes == ["bars above and below: the picture is 320×136 of 320×180 at 0,22"])
        // A phone's video, whose bars lie at its sides as it is stored and above and below as it is shown.
        let phone = fixture.path("phone.mp4")
        try await fixture.ffmpeg(["-i", path, "-c", "copy", "-metadata:s:v:0", "rotate=90", phone])
        #expect(try await check("letterbox", fixture, phone).notes.first?.hasPrefix("bars left and right") == true)
        let whole = try await film(fixture, "testsrc2=s=320x180:r=25:d=2")
        #expect(try await check("letterbox", fixture, whole).verdict == "pass")
    }

    /// Grey that flashes over the whole picture or a part of it, or blue and red that change places.
    @Test(arguments: [
        // Five a second; three a second; five a second with too little change; and on a fifth of the picture.
        ("lt(mod(T,0.2),0.1)", "200", "60", 1.0, "flashes on"), ("lt(mod(T,1/3),1/6)", "200", "60", 1.0, ""),
        ("lt(mod(T,0.2),0.1)", "100", "90", 1.0, ""), ("lt(mod(T,0.2),0.1)", "200", "60", 0.2, ""),
        ("lt(mod(T,0.2),0.1)", "200", "60", 0.4, "flashes on"),
        // Bright all the time: the darker state is no dark one.
        ("lt(mod(T,0.2),0.1)", "255", "235", 1.0, ""),
    ])
    func flashesAreCounted(_ rhythm: String, _ high: String, _ low: String, _ part: Double, _ note: String) async throws {
        let fixture = try VideoFixture()
        let path = fixture.path("flash.mkv")
        let light = "if(\(rhythm)*lt(X,W*\(part)),\(high),\(low))"
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "nullsrc=s=160x90:r=50:d=3,format=gbrp,geq=r='\(light)':g='\(light)':b='\(light)'", "-pix_fmt",
            "yuv420p", "-c:v", "libx264", "-crf", "8", path,
        ])
        let found = try await check("flashes", fixture, path)
        if note.isEmpty {
            #expect(found.verdict == "pass", "\(found)")
        } else {
            #expect(found.verdict == "fail" && !found.notes.isEmpty && found.notes.allSatisfy { $0.hasPrefix(note) }, "\(found)")
            let span = try #require(found.found.first)
            #expect(found.found.count == 1 && span.start < 0.25 && span.end > 2.8, "\(found)")
        }
    }

    @Test func redFlashesCountWithoutAChangeOfLight() async throws {
        let fixture = try VideoFixture()
        // Red and a green that is as bright: 0.2126 of red's light is 0.2973 of green's, which is 148 of 255.
        for (name, other, verdict) in [("red.mkv", ("0", "148", "0"), "fail"), ("grey.mkv", ("250", "10", "0"), "pass")] {
            let rhythm = "lt(mod(T,0.2),0.1)"
            let path = fixture.path(name)
            try await fixture.ffmpeg([
                "-f", "lavfi", "-i",
                "nullsrc=s=160x90:r=50:d=2,format=gbrp,geq=r='if(\(rhythm),255,\(other.0))':g='if(\(rhythm),0,\(other.1))'"
                    + ":b='if(\(rhythm),0,\(other.2))'", "-c:v", "libx264rgb", "-qp", "0", path,
            ])
            let found = try await check("flashes", fixture, path)
            #expect(found.verdict == verdict && found.notes.isEmpty == (verdict == "pass"), "\(found)")
            #expect(found.notes.allSatisfy { $0.hasPrefix("red flashes") }, "\(found)")
        }
    }

    @Test func lengthsAreCompared() async throws {
        let fixture = try VideoFixture()
        let path = fixture.path("long.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-f", "lavfi", "-i", "sine=d=4", "-pix_fmt", "yuv420p", path,
        ])
        let apart = try await check("duration", fixture, path)
        #expect(apart.verdict == "fail" && apart.notes.count == 1 && apart.notes[0].hasPrefix("pictures end at 2"), "\(apart)")
        let wrong = try await check("duration", fixture, path, ["duration_tolerance_s": 3, "expected_s": 10])
        #expect(wrong.verdict == "fail" && wrong.notes.first?.hasSuffix("10.0 s are expected") == true, "\(wrong)")
        #expect(try await check("duration", fixture, path, ["duration_tolerance_s": 3, "expected_s": 4]).verdict == "pass")
    }

    @Test func everyCheckRunsInOnePassAndIsReported() async throws {
        let fixture = try VideoFixture()
        let path = try await film(fixture, "color=black:s=320x180:r=25:d=2.4")
        let (files, measured) = try await fixture.run("video.checks", on: path)
        #expect(Set(files.keys) == ["film-checks.json", "film-checks.csv", "film-checks.txt"])
        let verdicts = (measured["checks"]?.arrayValue ?? []).map { result in
            "\(result["check"]?.stringValue ?? "") \(result["verdict"]?.stringValue ?? "")"
        }
        #expect(
            verdicts == [
                "black fail", "freeze fail", "silence skipped", "loudness skipped", "letterbox pass", "flashes pass",
                "duration pass",
            ], "\(measured)")
        let table = try CSV.rows(try #require(files["film-checks.csv"]))
        #expect(
            table.count == 8 && table[1] == ["black", "fail", "00:00:01.520", "1.52", "00:00:03.920", "3.92", "black"], "\(table)")
        let text = String(decoding: files["film-checks.txt"] ?? [], as: UTF8.self)
        #expect(text.contains("00:00:01.520 to 00:00:03.920  black") && text.hasPrefix("film.mp4: fail"))
        #expect(try JSONValue(parsing: files["film-checks.json"] ?? [])["verdict"] == "fail")
    }

    @Test func whatCanNotBeCheckedIsSaid() async throws {
        let fixture = try VideoFixture()
        let sound = fixture.path("sound.wav")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=d=1", sound])
        #expect(await fixture.fails("video.checks", on: [sound]) == "no-video")
        let film = try await fixture.scenes("film.mp4")
        #expect(await fixture.fails("video.checks", ["checks": "black,taste"], on: [film]) == "output-not-possible")
        #expect(await fixture.fails("video.checks", ["formats": "pdf"], on: [film]) == "output-not-possible")
        #expect(await fixture.fails("video.checks", ["black_level": 2], on: [film]) == "out-of-range")
    }
}
