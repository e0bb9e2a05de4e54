import FoundationEssentials
import TestSupport
import Testing

@testable import ServiceRuntime

/// Control groups as the kernel shows them, in a folder of the test's own.
struct MachineMemoryTests {
    @Test(
        arguments: [
            // The second version: the group's own limit, one around it, none, and a group that is not visible from inside.
            ("0::/studio/audio\n", ["studio/audio/memory.max": "max\n", "studio/memory.max": "1073741824\n"], 1 << 30),
            ("0::/studio\n", ["studio/memory.max": "536870912\n", "memory.max": "max\n"], 512 << 20),
            ("0::/elsewhere\n", ["memory.max": "268435456\n"], 256 << 20), ("0::/\n", [:], nil),
            // The first version, where another controller's limit means nothing.
            (
                "5:cpu:/x\n4:memory:/x\n", ["memory/x/memory.limit_in_bytes": "134217728\n", "cpu/x/memory.limit_in_bytes": "1\n"],
                128 << 20
            ),
            ("4:memory:/\n", ["memory/memory.limit_in_bytes": "9223372036854771712\n"], nil),
        ] as [(String, [String: String], Int?)])
    func theLeastLimitCounts(_ membership: String, _ files: [String: String], _ expected: Int?) throws {
        let folder = try TemporaryFolder("groups")
        let machine = MachineMemory.bytes(groups: folder.appending("none"), membership: folder.appending("none"))
        #expect(machine > 256 << 20)
        try Data(membership.utf8).write(to: URL(filePath: folder.appending("self")))
        for (name, content) in files {
            let path = folder.appending("groups/" + name)
            let parent = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
            try FileManager.default.createDirectory(atPath: String(parent), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: URL(filePath: path))
        }
        let found = MachineMemory.bytes(groups: folder.appending("groups"), membership: folder.appending("self"))
        #expect(found == expected ?? machine)
    }
}
