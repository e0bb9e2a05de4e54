import AudioCore
import Metering
import TestSupport
import Testing

@Suite(.computing) struct LoudnessChannelTests {
    /// Masks as libavutil and WAVE number the loudspeakers.
    @Test(
        arguments: [
            (2, 0x3, ["front", "front"]), (6, 0x3F, ["front", "front", "front", "none", "surround", "surround"]),
            (6, 0x60F, ["front", "front", "front", "none", "surround", "surround"]),
            (8, 0x63F, ["front", "front", "front", "none", "front", "front", "surround", "surround"]),
            (4, 0x107, ["front", "front", "front", "front"]), (3, 0, ["front", "front", "front"]),
        ] as [(Int, UInt64, [String])])
    func layouts(channels: Int, mask: UInt64, expected: [String]) {
        #expect(LoudnessChannel.roles(channels: channels, mask: mask, isDualMono: true).map(\.rawValue) == expected)
    }

    @Test func oneChannel() {
        #expect(LoudnessChannel.roles(channels: 1, mask: 0x4, isDualMono: false) == [.front])
        #expect(LoudnessChannel.roles(channels: 1, mask: 0x4, isDualMono: true) == [.dualMono])
    }
}
