import Contacts
import Foundation
import Primitives
import TestSupport
import Testing

@testable import Themes

@Suite("Archives of themes (api.md 10)") struct ThemeArchiveTests {
  /// An archive that another program has packed: a folder, `config.json`, `html/email.html.twig` and a comment.
  private static let packed = """
    UEsDBBQAAAAAAMBLYVgAAAAAAAAAAAAAAAAFAAAAaHRtbC9QSwMEFAAAAAgAwEthWFDFItYvAAAALgAAAAsAAABjb25maWcuanNv\
    bqtWykvMTVWyUlAKLijKzEtXKE7MSVXSUVBKS00sKS1KLQZKRSul5iZm5ijF1gIAUEsDBBQAAAAIAMBLYVhJZ/gYEQAAAPAAAAAU\
    AAAAaHRtbC9lbWFpbC5odG1sLnR3aWezKbDzSM3JybfRL7CzGQFsAFBLAQIUAxQAAAAAAMBLYVgAAAAAAAAAAAAAAAAFAAAAAAAA\
    AAAAAACAAQAAAABodG1sL1BLAQIUAxQAAAAIAMBLYVhQxSLWLwAAAC4AAAALAAAAAAAAAAAAAACAASMAAABjb25maWcuanNvblBL\
    AQIUAxQAAAAIAMBLYVhJZ/gYEQAAAPAAAAAUAAAAAAAAAAAAAACAAXsAAABodG1sL2VtYWlsLmh0bWwudHdpZ1BLBQYAAAAAAwAD\
    AK4AAAC+AAAACQBieSBhIHRlc3Q=
    """

  private func packed() throws -> [UInt8] {
    Array(try #require(Data(base64Encoded: Self.packed)))
  }

  /// The refusal of an archive; nil if it is taken.
  private func refusal(_ bytes: [UInt8], fileName: String = "x.zip") throws -> String? {
    do {
      _ = try ThemeArchive(bytes, fileName: fileName)
    } catch {
      return error.problems.first?.message
    }
    return nil
  }

  @Test("A packed archive is read: key, name and settings")
  func reads() throws {
    let archive = try ThemeArchive(try packed(), fileName: "C:\\themes\\Spring sale-1.2.ZIP")
    #expect(archive.theme.key == "Spring_sale-1.2" && archive.theme.name == "Spring sale")
    #expect(
      archive.theme.config
        == .object(["name": .string("Spring sale"), "features": .array([.string("email")])]))
    let zip = try ZipArchive(try packed())
    #expect(zip.entries.map(\.name) == ["config.json", "html/email.html.twig"])
    let text = try zip.file("html/email.html.twig", upTo: 1_000)
    #expect(text == Array(String(repeating: "<p>Hello</p>", count: 20).utf8))
    #expect(try zip.file("none", upTo: 1_000) == nil)
    #expect(throws: ZipError.self) { try zip.file("html/email.html.twig", upTo: 10) }
  }

  @Test("The built-in theme is an archive that can be uploaded under another name")
  func builtIn() throws {
    let archive = try ThemeArchive(BuiltInTheme.archive, fileName: "api_test.zip")
    #expect(archive.theme.key == "api_test" && archive.theme.name == "Blank")
    #expect(archive.theme.config == BuiltInTheme.blank.config)
  }

  @Test("An archive that cannot be used says why")
  func refuses() throws {
    let config = ("config.json", "{}")
    let cases: [(bytes: [UInt8], text: String)] = [
      ([], "no zip archive"), (Array("hello".utf8), "no zip archive"),
      (ZipWriter.archive([]), "config.json is missing"),
      (ZipWriter.archive([("theme/config.json", "{}")]), "config.json is missing"),
      (ZipWriter.archive([("config.json", "{")]), "no JSON"),
      (ZipWriter.archive([("config.json", "[]")]), "no object"),
      (ZipWriter.archive([("config.json", "{\"a\":\"\\u0000\"}")]), "not valid text"),
      (
        ZipWriter.archive([("config.json", String(repeating: " ", count: 70_000))]),
        "more than 65536 bytes"
      ),
      (ZipWriter.archive([config, ("../up", "")]), "has the name"),
      (ZipWriter.archive([config, ("a/../../up", "")]), "has the name"),
      (ZipWriter.archive([config, ("/root", "")]), "has the name"),
      (ZipWriter.archive([config, ("a\\b", "")]), "has the name"),
      (
        ZipWriter.archive([config] + (0..<2_000).map { ("\($0)", "") }),
        "more than 2000 files"
      ),
      ([UInt8](repeating: 0, count: ThemeArchive.mostBytes + 1), "bytes"),
    ]
    for (bytes, text) in cases {
      let refusal = try refusal(bytes)
      #expect(refusal?.contains(text) == true, "\(text): \(refusal ?? "taken")")
    }
    for name in ["x.txt", ".zip", "..zip", String(repeating: "x", count: 101) + ".zip"] {
      #expect(try refusal(BuiltInTheme.archive, fileName: name) != nil, "\(name)")
    }
  }

  @Test("A file that is said to be huge is refused before it is unpacked")
  func bombs() throws {
    var bytes = try packed()
    let directory = try #require(
      bytes.indices.dropLast(4).last { Array(bytes[$0..<($0 + 4)]) == [0x50, 0x4B, 0x01, 0x02] })
    // The size of the last file.
    for place in 0..<4 { bytes[directory + 24 + place] = 0xFF }
    #expect(try refusal(bytes)?.contains("when it is unpacked") == true)
    // Encrypted.
    bytes = try packed()
    bytes[directory + 8] |= 1
    #expect(try refusal(bytes)?.contains("encrypted") == true)
  }

  @Test("Damaged archives are refused or read, wherever the damage is")
  func damage() throws {
    let bytes = try packed()
    for count in 0..<bytes.count {
      #expect(try refusal(Array(bytes.prefix(count))) != nil, "\(count)")
    }
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
      do {
        _ = try refusal(damaged)
      } catch {
        Issue.record("seed \(seed), byte \(place): \(error)")
      }
    }
    // What is packed carries a checksum.
    let start = try #require(bytes.firstRange(of: Array("config.json".utf8))).upperBound
    var damaged = bytes
    damaged[start + 3] ^= 0x10
    #expect(try refusal(damaged) != nil)
  }
}
