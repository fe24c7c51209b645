import Foundation
import JobQueue
import Primitives
import Testing

@testable import Assets

@Suite("Uploaded files (api.md 10)") struct MediaFileTests {
  @Test("A file comes back as it came, whole and in ranges across its parts")
  func ranges() async throws {
    try await AssetsBed.with { bed in
      let bytes = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      let file = try await bed.upload(bytes, chunk: 700_001)
      let digest = try #require(Digest(.sha256))
      digest.update(bytes)
      #expect(file.size == 2_500_000 && file.sha256 == digest.finish())
      #expect(file.originalName == "Price list.pdf" && file.name.hasSuffix(".pdf"))
      #expect(file.mime == "application/pdf")
      #expect(try await bed.read(file, 0..<file.size) == bytes)
      for range in [0..<1, 1_048_570..<1_048_590, 1_048_576..<2_097_152, 2_499_999..<2_500_000] {
        let part = try await bed.read(file, Int64(range.lowerBound)..<Int64(range.upperBound))
        #expect(part == Array(bytes[range]))
      }
    }
  }

  @Test("What is refused or breaks off leaves nothing")
  func refuses() async throws {
    try await AssetsBed.with { bed in
      for name in ["page.html", "picture.svg", "script.php", "none", ".pdf.exe", "x."] {
        await #expect(throws: MediaError.self) { _ = try await bed.upload([1], as: name) }
      }
      await #expect(throws: MediaError.self) {
        _ = try await bed.upload([1], as: "list.pdf", to: "images")
      }
      await #expect(throws: MediaError.empty) { _ = try await bed.upload([]) }
      var count = 0
      await #expect(throws: Broken.self) {
        _ = try await bed.files().receive(try MediaFolder("media"), name: "a.pdf", by: nil) {
          () -> [UInt8]? in
          count += 1
          if count > 3 { throw Broken() }
          return [UInt8](repeating: 7, count: 1_000_000)
        }
      }
      var rest = 3
      await #expect(throws: MediaError.tooLarge(limit: 2_000)) {
        _ = try await bed.files { $0.largestFile = 2_000 }.receive(
          try MediaFolder("media"), name: "a.pdf", by: nil
        ) { () -> [UInt8]? in
          rest -= 1
          return rest >= 0 ? [UInt8](repeating: 7, count: 1_000) : nil
        }
      }
      let left = try await bed.texts("SELECT name FROM media_files")
      let parts = try await bed.texts("SELECT file_id::text FROM media_parts")
      #expect(left == [] && parts == [])
    }
  }

  private struct Broken: Error {}

  @Test(
    "Folders are images, media and what lies inside",
    arguments: [
      "", "other", "media..a", "media.a/b", "..", "images.", "media.ä",
      "media.a.b.c.d.e.f.g.h",
    ])
  func folders(_ name: String) {
    #expect(throws: MediaError.self) { _ = try MediaFolder(name) }
  }

  @Test("A folder inside is named by points or by slashes")
  func innerFolders() throws {
    #expect(try MediaFolder("images.a.b").path == "images/a/b")
    #expect(try MediaFolder("images", inner: "a/b") == MediaFolder("images.a.b"))
    #expect(try MediaFolder("images.a").inner == "a")
    #expect(try MediaFolder("assets.a") == MediaFolder("media.a"))
    #expect(try MediaFolder("images.assets").path == "images/assets")
    #expect(throws: MediaError.self) { _ = try MediaFolder("images", inner: "../b") }
  }

  @Test("A deleted file is gone from its folder, and its content goes when no asset has it")
  func prunes() async throws {
    try await AssetsBed.with { bed in
      let asset = try await bed.asset()
      let (used, unused) = (
        try #require(try await bed.files().names(try MediaFolder("media")).first),
        try await bed.upload([4, 5]).name
      )
      let folder = try MediaFolder("media")
      for name in [used, unused] {
        let isDeleted = try await bed.files().delete(name, in: folder)
        #expect(isDeleted)
      }
      let isDeletedAgain = try await bed.files().delete(used, in: folder)
      #expect(!isDeletedAgain)
      #expect(try await bed.files().names(folder) == [])
      let prune = { (bed: AssetsBed) in
        try await bed.jobs.transaction { try await MediaFileStore.prune(10, in: $0) }
      }
      #expect(try await prune(bed) == 0)
      bed.offset.advance(by: 90_000)
      #expect(try await prune(bed) == 1)
      #expect(try await bed.texts("SELECT name FROM media_files") == [used])
      _ = try await bed.store.delete(asset.id, by: .system, now: bed.now)
      #expect(try await prune(bed) == 1)
      #expect(try await bed.texts("SELECT file_id::text FROM media_parts") == [])
    }
  }
}
