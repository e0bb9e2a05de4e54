import FoundationEssentials
import Glibc
import Primitives
import TestSupport
import Testing

/// Archives that Python's zipfile, an implementation of its own, reads and checks.
@Suite(.computing) struct ZipArchiveTests {
    private func python(_ program: String, _ path: String) async throws -> String {
        let run = try await CommandRun.run(
            "python3", ["-c", "import zipfile, sys\nz = zipfile.ZipFile(sys.argv[1])\n" + program, path])
        try #require(run.status == 0, "\(run.errors)")
        return run.output
    }

    @Test func smallFiles() async throws {
        let folder = try TemporaryFolder("zip")
        let files: [(String, Bytes)] = [("a.txt", Bytes("hello".utf8)), ("ü/💡.bin", (0...255).map { UInt8($0) }), ("empty", [])]
        let path = folder.appending("a.zip")
        var (archive, bytes) = (ZipArchive(), Bytes())
        for (name, content) in files {
            bytes += archive.begin(ZipArchive.Entry(name: name, size: Int64(content.count)))
            var checksum = CRC32()
            checksum.update(content)
            bytes += content + archive.end(checksum: checksum.value)
        }
        bytes += archive.finish()
        #expect(Int64(bytes.count) == ZipArchive.size(of: files.map { ZipArchive.Entry(name: $0.0, size: Int64($0.1.count)) }))
        try Data(bytes).write(to: URL(filePath: path))
        #expect(
            try await python("print(z.testzip(), z.namelist(), z.read('a.txt'), len(z.read('ü/💡.bin')))", path)
                == "None ['a.txt', 'ü/💡.bin', 'empty'] b'hello' 256\n")
    }

    /// Zeroes as a sparse file: 5 GiB, and a small file behind them.
    @Test func largeFiles() async throws {
        let folder = try TemporaryFolder("zip")
        let path = folder.appending("large.zip")
        let size = Int64(5) << 30
        var archive = ZipArchive()
        let head = archive.begin(ZipArchive.Entry(name: "zeroes", size: size))
        var tail = archive.end(checksum: 0)
        tail += archive.begin(ZipArchive.Entry(name: "small", size: 2))
        var checksum = CRC32()
        checksum.update([104, 105])
        tail += [104, 105] + archive.end(checksum: checksum.value) + archive.finish()
        let made = FileManager.default.createFile(atPath: path, contents: Data(head))
        try #require(made)
        let file = try #require(fopen(path, "r+"))
        fseek(file, Int(size) + head.count, SEEK_SET)
        fwrite(tail, 1, tail.count, file)
        fclose(file)
        #expect(
            try await python(
                "print(z.read('small'), z.getinfo('zeroes').file_size, z.getinfo('small').header_offset > 1 << 32)", path)
                == "b'hi' 5368709120 True\n")
    }

    @Test func manyFiles() async throws {
        let folder = try TemporaryFolder("zip")
        let path = folder.appending("many.zip")
        var (archive, bytes) = (ZipArchive(), Bytes())
        for number in 0..<66_000 {
            bytes += archive.begin(ZipArchive.Entry(name: "\(number)", size: 0))
            bytes += archive.end(checksum: 0)
        }
        try Data(bytes + archive.finish()).write(to: URL(filePath: path))
        #expect(try await python("print(len(z.namelist()), z.namelist()[-1])", path) == "66000 65999\n")
    }
}
