import Foundation
import JobQueue
import ObjectStore
import ObjectStub
import Synchronization
import TestSupport
import Testing

@testable import Assets

@Suite("Uploaded files in a bucket (api.md 10)") struct BucketTests {
  private func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
  }

  private func noted(_ bed: AssetsBed) async throws -> [String] {
    try await bed.texts("SELECT object_key FROM media_objects_gone")
  }

  @Test("A file comes back as it came, whole and in ranges, and PostgreSQL has none of its bytes")
  func ranges() async throws {
    let stub = try ObjectStub()
    try await AssetsBed.with { bed in
      let bed = bed.with(stub)
      let content = bytes(9_500_000)
      let file = try await bed.upload(content, chunk: 700_001)
      #expect(stub.objects == ["media/\(file.name)": content])
      #expect(file.size == 9_500_000)
      #expect(try await bed.texts("SELECT file_id::text FROM media_parts") == [])
      try await bed.files().check(file)
      #expect(try await bed.read(file, 0..<file.size) == content)
      for range in [0..<1, 1_048_570..<1_048_590, 8_388_600..<8_388_700, 9_499_999..<9_500_000] {
        let part = try await bed.read(file, Int64(range.lowerBound)..<Int64(range.upperBound))
        #expect(part == Array(content[range]))
      }
    }
  }

  @Test("Files of before stay where they are; those of a bucket that is not named are reported")
  func olderFiles() async throws {
    let stub = try ObjectStub()
    try await AssetsBed.with { bed in
      let old = try await bed.upload([1, 2, 3])
      #expect(try await !MediaFileStore.usesBucket(on: bed.pool))
      let new = try await bed.with(stub).upload([4, 5])
      #expect(try await MediaFileStore.usesBucket(on: bed.pool))
      try await bed.with(stub).files().check(old)
      #expect(try await bed.with(stub).read(old, 0..<3) == [1, 2, 3])
      #expect(try await bed.with(stub).read(new, 0..<2) == [4, 5])
      let error = await #expect(throws: ObjectError.self) { try await bed.read(new, 0..<2) }
      #expect(error?.code == .notConfigured)
    }
  }

  @Test("What is refused or breaks off goes with its object and its parts")
  func refuses() async throws {
    let stub = try ObjectStub()
    try await AssetsBed.with { bed in
      let bed = bed.with(stub)
      await #expect(throws: MediaError.empty) { _ = try await bed.upload([]) }
      var count = 0
      await #expect(throws: MediaError.tooLarge(limit: 9_000_000)) {
        _ = try await bed.files { $0.largestFile = 9_000_000 }.receive(
          try MediaFolder("media"), name: "a.pdf", by: nil
        ) { () -> [UInt8]? in
          count += 1
          return count < 20 ? [UInt8](repeating: 7, count: 1_000_000) : nil
        }
      }
      #expect(stub.content.withLock { $0.uploads.count } == 1)
      #expect(try await bed.texts("SELECT name FROM media_files") == [])
      #expect(try await noted(bed).count == 2)
      try await bed.prune()
      #expect(stub.content.withLock { $0.uploads.count } == 0)
      #expect(try await noted(bed) == [])
    }
  }

  @Test("A process that dies between object and row leaves nothing: the pruning finds the object")
  func dies() async throws {
    let stub = try ObjectStub()
    try await AssetsBed.with { bed in
      let bed = bed.with(stub)
      let kept = try await bed.upload([9])
      let file = try await bed.upload([1, 2, 3])
      // As it stood when the object was written and its row was not complete.
      try await bed.pool.query(
        "UPDATE media_files SET size = 0, sha256 = NULL WHERE id = \(file.id)")
      try await bed.prune()
      #expect(stub.objects.count == 2)
      bed.offset.advance(by: 90_000)
      try await bed.prune()
      #expect(stub.objects == ["media/\(kept.name)": [9]])
      #expect(try await noted(bed) == [])
      try await bed.prune()
      #expect(stub.objects.count == 1)
    }
  }

  @Test("An object whose row went while it was on its way is found all the same")
  func rowGoes() async throws {
    let stub = try ObjectStub()
    try await AssetsBed.with { bed in
      let bed = bed.with(stub)
      var chunks: [[UInt8]] = [[1], [2]]
      await #expect(throws: MediaError.self) {
        _ = try await bed.files().receive(try MediaFolder("media"), name: "a.pdf", by: nil) {
          () -> [UInt8]? in
          if chunks.isEmpty {
            bed.offset.advance(by: 90_000)
            try await bed.prune()
          }
          return chunks.popLast()
        }
      }
      #expect(stub.objects.count == 1)
      try await bed.prune()
      #expect(stub.objects.isEmpty)
      #expect(try await noted(bed) == [])
    }
  }

  @Test("A deleted file's object goes when no asset has it, and not before")
  func deletes() async throws {
    let stub = try ObjectStub()
    try await AssetsBed.with { bed in
      let bed = bed.with(stub)
      let asset = try await bed.asset()
      let folder = try MediaFolder("media")
      let name = try #require(try await bed.files().names(folder).first)
      let isDeleted = try await bed.files().delete(name, in: folder)
      #expect(isDeleted)
      bed.offset.advance(by: 90_000)
      try await bed.prune()
      #expect(stub.objects == ["media/\(name)": [1, 2, 3]])
      _ = try await bed.store.delete(asset.id, by: .system, now: bed.now)
      try await bed.prune()
      #expect(stub.objects.isEmpty)
    }
  }

  @Test("A store that is away refuses new files and keeps what is to be deleted for later")
  func away() async throws {
    let stub = try ObjectStub()
    try await AssetsBed.with { bed in
      let bed = bed.with(stub)
      let file = try await bed.upload([1, 2, 3])
      stub.setTrouble { _ in .status(503, "SlowDown") }
      let upload = await #expect(throws: ObjectError.self) { try await bed.upload([4]) }
      let check = await #expect(throws: ObjectError.self) { try await bed.files().check(file) }
      let read = await #expect(throws: ObjectError.self) { try await bed.read(file, 0..<1) }
      #expect([upload, check, read].allSatisfy { $0?.code == .unavailable })
      #expect(try await bed.texts("SELECT name FROM media_files") == [file.name])
      let objects = try #require(bed.objects)
      let (deleted, failure) = await MediaObjectStore.delete(["a", "b"], from: objects)
      #expect(deleted.isEmpty && failure?.code == .unavailable)
      #expect(try await noted(bed).count == 1)
      stub.setTrouble { _ in nil }
      try await bed.prune()
      #expect(try await noted(bed) == [])
      #expect(stub.objects.count == 1)
    }
  }

  @Test("An object that somebody else deleted is a file that is not there")
  func lostObjects() async throws {
    let stub = try ObjectStub()
    try await AssetsBed.with { bed in
      let bed = bed.with(stub)
      let file = try await bed.upload([1, 2, 3])
      stub.content.withLock { $0.objects = [:] }
      await #expect(throws: MediaError.notFound(file.name)) { try await bed.files().check(file) }
      await #expect(throws: MediaError.notFound(file.name)) { try await bed.read(file, 0..<1) }
    }
  }
}
