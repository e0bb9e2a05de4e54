import AudioEdit
import Glibc
import Media
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct MixTests {
    /// A sound in memory that comes in pieces of changing length.
    private final class Sound: MixInput {
        let planes: [[Float]]
        private var position = 0
        private var length = 1
        private var current: [[Float]] = []
        private var pointers: [UnsafeMutableBufferPointer<Float>]

        init(_ planes: [[Float]]) {
            self.planes = planes
            pointers = planes.map { _ in .allocate(capacity: 1000) }
        }

        deinit { for pointer in pointers { pointer.deallocate() } }

        var channels: Int { planes.count }

        func next() -> [UnsafeBufferPointer<Float>]? {
            guard position < planes[0].count else { return nil }
            let count = min(length, planes[0].count - position)
            for (pointer, plane) in zip(pointers, planes) {
                _ = pointer.update(fromContentsOf: plane[position..<position + count])
            }
            position += count
            length = length * 7 % 991 + 1
            return pointers.map { UnsafeBufferPointer(rebasing: $0[..<count]) }
        }

        func rewind() { position = 0 }
    }

    private static let rate = 8000

    private func constant(_ value: Float, _ seconds: Double, channels: Int = 1) -> [[Float]] {
        Array(repeating: [Float](repeating: value, count: Int(seconds * Double(Self.rate))), count: channels)
    }

    private func mix(
        _ tracks: [(MixTrack, [[Float]])], outputs: Int = 1, length: MixLength = .longest, ducking: Ducking = Ducking()
    ) throws -> (planes: [[Float]], ducked: Double) {
        let lengths = tracks.map { $0.1[0].count }
        let frames = length.frames(tracks.map(\.0), lengths: lengths, sampleRate: Self.rate)
        let mixer = Mixer(
            tracks.map { ($0.0, Sound($0.1)) }, lengths: lengths, outputs: outputs, sampleRate: Self.rate, frames: frames,
            ducking: ducking)
        var planes = [[Float]](repeating: [], count: outputs)
        try mixer.run(progress: { _ in }) { for (index, plane) in $0.enumerated() { planes[index] += plane } }
        #expect(planes.allSatisfy { $0.count == frames })
        return (planes, mixer.duckedSeconds)
    }

    private func track(_ set: (inout MixTrack) -> Void = { _ in }) -> MixTrack {
        var track = MixTrack()
        set(&track)
        return track
    }

    @Test func tracksAddUp() throws {
        let late = track { ($0.start, $0.gain) = (0.5, -20 * log10(2.0)) }
        let (planes, _) = try mix([(track(), constant(0.25, 1)), (late, constant(0.5, 1))])
        #expect(planes[0].count == 12_000)
        for (frame, value) in planes[0].enumerated() {
            let wanted: Float = frame < 4000 ? 0.25 : frame < 8000 ? 0.5 : 0.25
            #expect(abs(value - wanted) < 1e-6)
        }
    }

    @Test(arguments: [(-1.0, 1.0, 0.0), (0, 0.7071, 0.7071), (1, 0, 1)]) func voicesArePanned(
        pan: Double, left: Double, right: Double
    ) throws {
        let (planes, _) = try mix([(track { $0.pan = pan }, constant(1, 0.1))], outputs: 2)
        #expect(abs(Double(planes[0][400]) - left) < 1e-4 && abs(Double(planes[1][400]) - right) < 1e-4)
        let (stereo, _) = try mix([(track { $0.pan = pan }, constant(1, 0.1, channels: 2))], outputs: 2)
        #expect(abs(Double(stereo[0][400]) - min(1, 1 - pan)) < 1e-6 && abs(Double(stereo[1][400]) - min(1, 1 + pan)) < 1e-6)
    }

    @Test func fadesReachTheEnds() throws {
        let (planes, _) = try mix([(track { ($0.start, $0.fadeIn, $0.fadeOut) = (0.25, 0.5, 0.25) }, constant(1, 1))])
        let samples = planes[0]
        #expect(samples[1999] == 0 && samples[2000] == 0)
        for (frame, wanted) in [(4000, 0.5), (5999, 1), (7900, 1), (9000, 0.5), (9999, 0)] as [(Int, Float)] {
            #expect(abs(samples[frame] - wanted) < 1e-3, "\(frame)")
        }
    }

    @Test func bedsLoopUntilTheMixEnds() throws {
        let ramp = [(0..<1000).map { Float($0) / 1000 }]
        let (planes, _) = try mix([(track(), constant(0, 0.6)), (track { ($0.loops, $0.fadeOut) = (true, 0.1) }, ramp)])
        #expect(planes[0].count == 4800)
        for frame in 0..<4000 { #expect(planes[0][frame] == Float(frame % 1000) / 1000) }
        #expect(planes[0][4799] < 0.01)
        let (first, _) = try mix([(track(), constant(0.1, 0.2)), (track(), constant(0.1, 5))], length: .first)
        #expect(first[0].count == 1600)
        let (looped, _) = try mix([(track { $0.loops = true }, ramp)])
        #expect(looped[0].count == 1000)
        let (nothing, _) = try mix([(track { $0.loops = true }, [[]]), (track(), constant(0.5, 0.1))])
        #expect(nothing[0].allSatisfy { $0 == 0.5 })
    }

    /// The music goes down before the speech, by the depth, and comes back after the hold.
    @Test func musicMakesRoom() throws {
        var ducking = Ducking()
        (ducking.depth, ducking.attack, ducking.hold, ducking.release, ducking.lookAhead) = (20, 0.1, 0.3, 0.5, 0.1)
        let speech = [constant(0, 1)[0] + constant(0.1, 1)[0] + constant(0, 2)[0]]
        let voice = track { ($0.speaks, $0.gain) = (true, -6) }
        let bed = track { $0.ducks = true }
        let (with, seconds) = try mix([(voice, speech), (bed, constant(1, 4))], ducking: ducking)
        let (alone, _) = try mix([(voice, speech)])
        let music = zip(with[0], alone[0]).map { $0 - $1 }
        func level(_ time: Double) -> Float { music[Int(time * 8000)] }
        #expect(level(0.85) == 1 && abs(level(1.0) - 0.1) < 0.02 && abs(level(1.5) - 0.1) < 1e-4)
        #expect(abs(level(2.15) - 0.1) < 1e-4, "held")
        #expect(abs(20 * log10(level(2.45)) + 10) < 1, "straight in decibels")
        #expect(level(3) == 1)
        #expect(abs(seconds - 1.3) < 0.05)
    }

    @Test func softSoundsDoNotDuck() throws {
        let whisper = (track { $0.speaks = true }, constant(0.001, 1))
        let (planes, seconds) = try mix([whisper, (track { $0.ducks = true }, constant(0.5, 1))])
        #expect(seconds == 0)
        #expect(planes[0].allSatisfy { abs($0 - 0.501) < 1e-6 })
    }

    @Test func samplesThatAreNotNumbersAreRefused() {
        #expect(throws: MediaError.notFinite) { try mix([(track(), [[0, .nan, 0]])]) }
    }

    @Test(
        arguments: [
            (#"[]"#, "the mix must be an object"), (#"{}"#, "tracks must be a list"),
            (#"{"tracks": [], "volume": 1}"#, "volume is not known; there are: tracks"),
            (#"{"tracks": [3]}"#, "tracks.0 must be an object"),
            (#"{"tracks": [{"gain_db": 99}]}"#, "tracks.0.gain_db must be a number from -60.0 to 24.0"),
            (#"{"tracks": [{}, {"pan": "left"}]}"#, "tracks.1.pan must be a number from -1.0 to 1.0"),
            (#"{"tracks": [{"role": "singer"}]}"#, "tracks.0.role must be speech, music or other"),
            (#"{"tracks": [{"loop": 1}]}"#, "tracks.0.loop must be true or false"),
            (
                #"{"tracks": [{"role": "speech", "duck": true}]}"#,
                "tracks.0.duck can not be true for speech: it would be lowered by itself"
            ),
            (#"{"tracks": [{}, {}, {}]}"#, "tracks has 3 entries, but there are 2 inputs"),
            (
                #"{"tracks": [{"duck": true}, {"duck": true}]}"#,
                "tracks all duck: one at least has to be speech that the others make room for"
            ),
        ])
    func documentsAreChecked(text: String, message: String) throws {
        let document = try JSONValue(parsing: Bytes(text.utf8))
        let error = #expect(throws: EditError.self) { try MixDocument.tracks(document, count: 2) }
        #expect(error?.message == message)
    }

    @Test func tracksThatDoNotDuckAreSpeechWhenNoneIsNamed() throws {
        let document: JSONValue = ["tracks": [["gain_db": 3], ["duck": true, "loop": true]]]
        let tracks = try MixDocument.tracks(document, count: 3)
        #expect(tracks.map(\.speaks) == [true, false, true] && tracks[0].gain == 3 && tracks[1].loops)
        #expect(try MixDocument.tracks(.null, count: 2) == [MixTrack(), MixTrack()])
    }
}
