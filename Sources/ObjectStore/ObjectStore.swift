import Primitives
package import Transfer

/// A client of a bucket. Every function may be called twice, with the same result.
package struct ObjectStore: Sendable {
  /// The bucket.
  package let bucket: Bucket
  let patience: ObjectPatience
  private let client: HTTPClient

  /// Creates a client; nothing is contacted.
  ///
  /// - Parameters:
  ///   - bucket: The bucket.
  ///   - patience: How long it is waited for.
  ///   - client: Sends the requests; its threads bound how many are under way.
  package init(
    _ bucket: Bucket, patience: ObjectPatience = ObjectPatience(),
    client: HTTPClient = HTTPClient(concurrency: 16)
  ) {
    self.bucket = bucket
    self.patience = patience
    self.client = client
  }

  func send(_ request: ObjectRequest) async throws(ObjectError) -> HTTPAnswer {
    try await request.send(to: bucket, by: client, attempts: patience.attempts)
  }

  /// Stores an object in one request, in place of one that has the key.
  ///
  /// - Parameters:
  ///   - bytes: The content, which is held in memory.
  ///   - key: The key.
  /// - Throws: ``ObjectError``.
  package func put(_ bytes: [UInt8], at key: String) async throws(ObjectError) {
    _ = try await send(
      ObjectRequest(method: "PUT", key: key, body: bytes, timeout: patience.upload))
  }

  /// Reads a range of an object.
  ///
  /// - Parameters:
  ///   - range: The bytes, all of them within the object; they are held in memory.
  ///   - key: The key.
  /// - Returns: As many bytes as the range has.
  /// - Throws: ``ObjectError``.
  package func read(
    _ range: Range<Int64>, of key: String
  ) async throws(ObjectError) -> [UInt8] {
    guard !range.isEmpty else { return [] }
    let answer = try await send(
      ObjectRequest(
        method: "GET", key: key,
        headers: [("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")],
        timeout: patience.answer, maximumAnswer: range.count, expected: [200, 206]))
    // A store that knows no ranges answers with the whole object.
    let isPart = answer.status == 206 || range.lowerBound == 0
    guard isPart, answer.body.count == range.count, !answer.isCutOff else {
      throw ObjectError(
        .unexpected, "the bucket's store answers with other bytes than those of the range")
    }
    return answer.body
  }

  /// Returns the size of an object in bytes.
  ///
  /// - Throws: ``ObjectError``, `notFound` if there is none.
  package func size(of key: String) async throws(ObjectError) -> Int64 {
    let answer = try await send(
      ObjectRequest(method: "HEAD", key: key, timeout: patience.answer))
    guard let size = answer.header("Content-Length").flatMap(Int64.init), size >= 0 else {
      throw ObjectError(.unexpected, "the bucket's store tells no size")
    }
    return size
  }

  /// Deletes an object; one that is not there is deleted already.
  ///
  /// - Throws: ``ObjectError``.
  package func delete(_ key: String) async throws(ObjectError) {
    do throws(ObjectError) {
      _ = try await send(
        ObjectRequest(
          method: "DELETE", key: key, timeout: patience.answer, expected: [200, 202, 204]))
    } catch {
      guard error.code == .notFound else { throw error }
    }
  }

  /// Writes, reads and deletes a small object.
  ///
  /// - Throws: ``ObjectError``.
  package func probe() async throws(ObjectError) {
    let content = Array("Martlet".utf8)
    let key = bucket.key("probe-\(UInt64.random(in: .min ... .max))")
    try await put(content, at: key)
    let read: [UInt8]
    do throws(ObjectError) {
      read = try await self.read(0..<Int64(content.count), of: key)
    } catch {
      try await delete(key)
      throw error
    }
    try await delete(key)
    guard read == content else {
      throw ObjectError(.unexpected, "the bucket's store gives back other bytes than it got")
    }
  }
}
