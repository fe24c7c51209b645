import Transfer

/// An object on its way to a bucket, part by part. What has a single part is sent in one request; the object is there
/// once its last part is.
package struct ObjectWriter: Sendable {
  /// The size of every part but the last one, in bytes: Amazon takes no smaller ones than 5 MiB.
  package static let partBytes = 8 * 1_048_576
  /// The maximum number of parts of an object.
  private static let mostParts = 10_000

  private let store: ObjectStore
  private let key: String
  /// The id of the upload in parts; nil before the first one.
  private var upload: String?
  /// What the store named the parts so far.
  private var tags: [String] = []
  private var size: Int64 = 0

  /// Begins an object; nothing is sent.
  ///
  /// - Parameters:
  ///   - store: The bucket.
  ///   - key: A key that no object has.
  package init(_ store: ObjectStore, key: String) {
    self.store = store
    self.key = key
  }

  /// Sends a part.
  ///
  /// - Parameters:
  ///   - part: ``partBytes`` bytes, or fewer at the end.
  ///   - isLast: Whether it ends the object.
  /// - Throws: ``ObjectError``. What was sent remains until ``ObjectStore/abandon(_:)``.
  package mutating func write(_ part: [UInt8], isLast: Bool) async throws(ObjectError) {
    if upload == nil, isLast { return try await store.put(part, at: key) }
    guard tags.count < Self.mostParts else {
      throw ObjectError(.tooLarge, "an object has at most \(Self.mostParts) parts")
    }
    let id: String
    if let upload { id = upload } else { id = try await begin() }
    upload = id
    try await send(part, to: id)
    if isLast { try await complete(id) }
  }

  private func begin() async throws(ObjectError) -> String {
    let answer = try await store.send(
      ObjectRequest(
        method: "POST", key: key, query: [("uploads", "")], body: [],
        timeout: store.patience.answer))
    let text = String(decoding: answer.body, as: UTF8.self)
    guard let id = ObjectXML.text(of: "UploadId", in: text), !id.isEmpty else {
      throw ObjectError(.unexpected, "the bucket's store names no upload")
    }
    return id
  }

  private mutating func send(_ part: [UInt8], to id: String) async throws(ObjectError) {
    let answer = try await store.send(
      ObjectRequest(
        method: "PUT", key: key,
        query: [("partNumber", String(tags.count + 1)), ("uploadId", id)], body: part,
        timeout: store.patience.upload))
    guard let tag = answer.header("ETag"), !tag.isEmpty else {
      throw ObjectError(.unexpected, "the bucket's store names no part")
    }
    tags.append(tag)
    size += Int64(part.count)
  }

  /// Puts the parts together. Where the answer to an earlier attempt was lost, the upload is gone and the object there.
  private func complete(_ id: String) async throws(ObjectError) {
    let parts = tags.enumerated().map { index, tag in
      "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(ObjectXML.escape(tag))</ETag></Part>"
    }
    let body = """
      <CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\(parts.joined())</CompleteMultipartUpload>
      """
    do throws(ObjectError) {
      _ = try await store.send(
        ObjectRequest(
          method: "POST", key: key, query: [("uploadId", id)], body: Array(body.utf8),
          timeout: store.patience.upload))
    } catch {
      guard error.code == .notFound, try await store.size(of: key) == size else { throw error }
    }
  }
}

extension ObjectStore {
  private static let mostUploads = 100

  /// Deletes an object and what was sent of it in parts that were never put together.
  ///
  /// A store that does not let such uploads be listed keeps them until a rule of its own removes them.
  ///
  /// - Throws: ``ObjectError``.
  package func abandon(_ key: String) async throws(ObjectError) {
    for upload in try await uploads(of: key) {
      do throws(ObjectError) {
        _ = try await send(
          ObjectRequest(
            method: "DELETE", key: key, query: [("uploadId", upload)], timeout: patience.answer,
            expected: [200, 204]))
      } catch {
        guard error.code == .notFound else { throw error }
      }
    }
    try await delete(key)
  }

  private func uploads(of key: String) async throws(ObjectError) -> [String] {
    let answer = try await send(
      ObjectRequest(
        method: "GET", key: nil,
        query: [("max-uploads", String(Self.mostUploads)), ("prefix", key), ("uploads", "")],
        timeout: patience.answer, maximumAnswer: 1_048_576,
        expected: [200, 400, 403, 404, 405, 501]))
    guard answer.status == 200 else { return [] }
    let text = String(decoding: answer.body, as: UTF8.self)
    return ObjectXML.contents(of: "Upload", in: text).compactMap { upload in
      guard ObjectXML.text(of: "Key", in: upload) == key else { return nil }
      return ObjectXML.text(of: "UploadId", in: upload)
    }
  }
}
