import ObjectStub
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

@Suite("Objects in a bucket") struct ObjectStoreTests {
  private func client(
    _ stub: ObjectStub, secretKey: String = ObjectStub.secretKey,
    bucket: String = ObjectStub.bucket,
    patience: ObjectPatience = ObjectPatience(answer: .seconds(60), upload: .seconds(120))
  ) -> ObjectStore {
    ObjectStore(
      Bucket(
        name: bucket, region: ObjectStub.region, endpoint: stub.endpoint,
        accessKey: ObjectStub.accessKey, secretKey: secretKey, prefix: "media"),
      patience: patience)
  }

  private func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
  }

  private func write(_ content: [UInt8], at key: String, to store: ObjectStore) async throws {
    var writer = ObjectWriter(store, key: key)
    var rest = content[...]
    while rest.count > ObjectWriter.partBytes {
      try await writer.write(Array(rest.prefix(ObjectWriter.partBytes)), isLast: false)
      rest = rest.dropFirst(ObjectWriter.partBytes)
    }
    try await writer.write(Array(rest), isLast: true)
  }

  @Test("What is put comes back, whole and in ranges, until it is deleted")
  func roundTrip() async throws {
    let stub = try ObjectStub()
    let store = client(stub)
    let content = bytes(100_000)
    let key = store.bucket.key("a.pdf")
    #expect(key == "media/a.pdf")
    try await store.put(content, at: key)
    #expect(stub.objects == [key: content])
    #expect(try await store.size(of: key) == 100_000)
    #expect(try await store.read(0..<100_000, of: key) == content)
    #expect(try await store.read(99_999..<100_000, of: key) == [content[99_999]])
    #expect(try await store.read(7..<70_000, of: key) == Array(content[7..<70_000]))
    #expect(try await store.read(5..<5, of: key) == [])
    try await store.delete(key)
    try await store.delete(key)
    let gone = await #expect(throws: ObjectError.self) { try await store.read(0..<1, of: key) }
    let unknown = await #expect(throws: ObjectError.self) { try await store.size(of: key) }
    #expect(gone?.code == .notFound && unknown?.code == .notFound)
    #expect(stub.objects.isEmpty)
  }

  @Test(
    "Any text is a key",
    arguments: [
      "a b", "ä+ö", "a&b=c?d#e", "100%25", "a/../b", "a//b", "\"'<>|\\^`{}", "~.-_", "日本",
    ])
  func oddKeys(_ key: String) async throws {
    let stub = try ObjectStub()
    let store = client(stub)
    try await store.put([1, 2, 3], at: key)
    #expect(stub.objects == [key: [1, 2, 3]])
    #expect(try await store.read(1..<3, of: key) == [2, 3])
    try await store.abandon(key)
    #expect(stub.objects.isEmpty)
  }

  @Test("More than a part is sent in parts; exactly one, or nothing, in one request")
  func parts() async throws {
    let stub = try ObjectStub()
    let store = client(stub)
    for count in [0, ObjectWriter.partBytes, ObjectWriter.partBytes + 1, 20_000_000] {
      let content = bytes(count)
      try await write(content, at: "k\(count)", to: store)
      #expect(stub.objects["k\(count)"] == content)
    }
    #expect(stub.content.withLock { $0.uploads.count } == 0)
    #expect(stub.log.count { $0.hasPrefix("POST") } == 4)
    #expect(stub.log.count { $0.hasPrefix("PUT") } == 1 + 1 + 2 + 3)
  }

  @Test("An object that was put together counts, though the answer was lost")
  func lostAnswer() async throws {
    let seen = Mutex(false)
    let stub = try ObjectStub { asked in
      guard asked.method == "POST", asked.query != ["uploads="] else { return nil }
      return seen.withLock { isSeen in
        defer { isSeen = true }
        return isSeen ? nil : .lostAnswer
      }
    }
    let content = bytes(ObjectWriter.partBytes + 5)
    try await write(content, at: "k", to: client(stub))
    #expect(stub.objects["k"] == content)
  }

  @Test("What was never put together is abandoned with its parts, and nothing else")
  func abandons() async throws {
    let stub = try ObjectStub()
    let store = client(stub)
    for key in ["a", "ab"] {
      var writer = ObjectWriter(store, key: key)
      try await writer.write(bytes(ObjectWriter.partBytes), isLast: false)
    }
    try await store.put([1], at: "a")
    try await store.put([2], at: "ab")
    try await store.abandon("a")
    #expect(stub.objects == ["ab": [2]])
    #expect(stub.content.withLock { $0.uploads.values.map(\.key) } == ["ab"])
    stub.setTrouble { $0.query.contains("uploads=") ? .status(501, "NotImplemented") : nil }
    try await store.abandon("ab")
    #expect(stub.objects.isEmpty)
  }

  @Test("Wrong keys and a bucket that is not there are refused at once, in words without keys")
  func refusals() async throws {
    let stub = try ObjectStub()
    for store in [client(stub, secretKey: "wrong-one"), client(stub, bucket: "others")] {
      let error = await #expect(throws: ObjectError.self) { try await store.probe() }
      #expect(error?.code == .refused)
      #expect(error?.message.contains("wrong-one") == false)
      #expect(!"\(store)".contains("wrong-one"))
    }
    #expect(stub.log.count == 2)
    #expect(stub.objects.isEmpty)
  }

  @Test(
    "A store that fails is asked again, and in the end given up",
    arguments: [503, 500, 429])
  func retries(_ status: Int) async throws {
    let left = Mutex(2)
    let stub = try ObjectStub { _ in
      left.withLock { left in
        left -= 1
        return left >= 0 ? .status(status, "SlowDown") : nil
      }
    }
    try await client(stub).put([1], at: "k")
    #expect(stub.objects == ["k": [1]] && stub.log.count == 3)
    stub.setTrouble { _ in .status(status, "SlowDown") }
    let error = await #expect(throws: ObjectError.self) { try await client(stub).delete("k") }
    #expect(error?.code == .unavailable && stub.log.count == 7)
    #expect(error?.message.contains("SlowDown") == true)
  }

  @Test("A connection that breaks is tried again; a request is not lost")
  func brokenConnections() async throws {
    let left = Mutex(1)
    let stub = try ObjectStub { _ in
      left.withLock { left in
        left -= 1
        return left >= 0 ? .lostAnswer : nil
      }
    }
    try await client(stub).put([1], at: "k")
    #expect(stub.objects == ["k": [1]] && stub.log.count >= 2)
  }

  @Test("A silent store costs the time limit; a server that is away, an error that says so")
  func silence() async throws {
    let stub = try ObjectStub { _ in .silence }
    let patience = ObjectPatience(
      answer: .milliseconds(100), upload: .milliseconds(100), attempts: 2)
    let error = await #expect(throws: ObjectError.self) {
      try await client(stub, patience: patience).size(of: "k")
    }
    #expect(error?.code == .unavailable)
    let away = ObjectStore(
      Bucket(
        name: "files", region: "x", endpoint: "http://127.0.0.1:1", accessKey: "a", secretKey: "b"))
    let refused = await #expect(throws: ObjectError.self) { try await away.put([], at: "k") }
    #expect(refused?.code == .unavailable)
  }

  @Test("An answer of other bytes than were asked for is none")
  func oddAnswers() async throws {
    let stub = try ObjectStub()
    let store = client(stub)
    try await store.put(bytes(10), at: "k")
    for range in [5..<20, 20..<30] as [Range<Int64>] {
      let error = await #expect(throws: ObjectError.self) { try await store.read(range, of: "k") }
      #expect(error?.code == .unexpected)
    }
  }

  @Test("A bucket is asked whether it takes, gives and deletes objects")
  func probes() async throws {
    let stub = try ObjectStub()
    try await client(stub).probe()
    #expect(stub.objects.isEmpty)
    #expect(stub.log.map { String($0.prefix { $0 != " " }) } == ["PUT", "GET", "DELETE"])
  }
}

@Suite("Addresses of buckets") struct BucketTests {
  private func bucket(_ name: String, endpoint: String? = nil) -> Bucket {
    Bucket(
      name: name, region: "eu-central-1", endpoint: endpoint, accessKey: "a", secretKey: "hidden")
  }

  @Test("Amazon's have the name in the host where certificates allow it, all others in the path")
  func addresses() {
    #expect(
      bucket("files").url("a b.pdf") == "https://files.s3.eu-central-1.amazonaws.com/a%20b.pdf")
    #expect(
      bucket("my.files").url("a") == "https://s3.eu-central-1.amazonaws.com/my.files/a")
    #expect(
      bucket("files", endpoint: "http://minio:9000").url("a/b", query: [("x", "1+2"), ("y", "")])
        == "http://minio:9000/files/a/b?x=1%2B2&y=")
  }

  @Test("What prints a bucket does not print its key")
  func hidesKeys() {
    var dumped = ""
    dump(bucket("files"), to: &dumped)
    #expect(!dumped.contains("hidden") && !"\(bucket("files"))".contains("hidden"))
  }

  @Test("Elements of XML")
  func elements() {
    let text = "<A><Key>x&amp;&lt;</Key></A><A><Key>y</Key></A><B>"
    #expect(ObjectXML.contents(of: "A", in: text).count == 2)
    #expect(ObjectXML.text(of: "Key", in: text) == "x&<")
    #expect(ObjectXML.text(of: "B", in: text) == nil)
    #expect(ObjectXML.escape("<\"&>") == "&lt;\"&amp;&gt;")
  }
}
