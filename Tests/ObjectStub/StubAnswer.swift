/// An answer of the bucket.
struct StubAnswer {
  var status = 200
  var headers: [(String, String)] = []
  var body: [UInt8] = []

  static func error(_ status: Int, _ code: String) -> StubAnswer {
    StubAnswer(status: status, body: Array("<Error><Code>\(code)</Code></Error>".utf8))
  }

  static func xml(_ text: String) -> StubAnswer { StubAnswer(body: Array(text.utf8)) }

  func bytes(for method: String) -> [UInt8] {
    var head = "HTTP/1.1 \(status) Answer\r\nContent-Length: \(body.count)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    let isBare = method == "HEAD" || status == 204
    return Array("\(head)\r\n".utf8) + (isBare ? [] : body)
  }
}

extension ObjectStub.Content {
  /// The answer to a request whose signature is right.
  mutating func answer(_ asked: AskedObject) -> StubAnswer {
    guard let key = asked.key(in: ObjectStub.bucket) else { return .error(404, "NoSuchBucket") }
    let upload = asked.parameter("uploadId")
    switch (asked.method, upload) {
    case ("GET", nil) where key.isEmpty && asked.query.contains("uploads="): return list(asked)
    case ("GET", nil): return get(key, range: asked.headers["range"])
    case ("HEAD", nil):
      return objects[key].map { StubAnswer(body: $0) } ?? .error(404, "NoSuchKey")
    case ("PUT", nil):
      objects[key] = asked.body
      return StubAnswer()
    case ("DELETE", nil):
      objects[key] = nil
      return StubAnswer(status: 204)
    case ("POST", nil) where asked.query == ["uploads="]: return begin(key)
    case ("PUT", let id?): return put(asked, to: id)
    case ("POST", let id?): return complete(asked, id)
    case ("DELETE", let id?):
      return uploads.removeValue(forKey: id) == nil
        ? .error(404, "NoSuchUpload") : StubAnswer(status: 204)
    default: return .error(400, "InvalidRequest")
    }
  }

  private func get(_ key: String, range: String?) -> StubAnswer {
    guard let object = objects[key] else { return .error(404, "NoSuchKey") }
    guard let range else { return StubAnswer(body: object) }
    let ends = range.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
    guard ends.count == 2, ends[0] <= ends[1], ends[0] < object.count else {
      return .error(416, "InvalidRange")
    }
    return StubAnswer(status: 206, body: Array(object[ends[0]...min(ends[1], object.count - 1)]))
  }

  /// Ids have characters that URLs and XML give a meaning.
  private mutating func begin(_ key: String) -> StubAnswer {
    count += 1
    uploads["id+/&=\(count)"] = ObjectStub.Upload(key: key)
    return .xml(
      """
      <InitiateMultipartUploadResult><Key>\(key)</Key><UploadId>id+/&amp;=\(count)</UploadId></InitiateMultipartUploadResult>
      """)
  }

  private mutating func put(_ asked: AskedObject, to id: String) -> StubAnswer {
    guard uploads[id] != nil else { return .error(404, "NoSuchUpload") }
    guard let number = asked.parameter("partNumber").flatMap({ Int($0) }), number > 0 else {
      return .error(400, "InvalidArgument")
    }
    uploads[id]?.parts[number] = asked.body
    return StubAnswer(headers: [("ETag", Self.tag(asked.body))])
  }

  private mutating func complete(_ asked: AskedObject, _ id: String) -> StubAnswer {
    guard let upload = uploads[id] else { return .error(404, "NoSuchUpload") }
    let text = String(decoding: asked.body, as: UTF8.self)
    var object: [UInt8] = []
    var number = 1
    while let part = upload.parts[number] {
      let wanted =
        "<Part><PartNumber>\(number)</PartNumber><ETag>\(Self.tag(part))</ETag></Part>"
      guard text.contains(wanted) else { return .error(400, "InvalidPart") }
      object += part
      number += 1
      guard part.count >= 5 << 20 || upload.parts[number] == nil else {
        return .error(400, "EntityTooSmall")
      }
    }
    uploads[id] = nil
    objects[upload.key] = object
    return .xml("<CompleteMultipartUploadResult/>")
  }

  private func list(_ asked: AskedObject) -> StubAnswer {
    let prefix = asked.parameter("prefix") ?? ""
    let listed = uploads.filter { $0.value.key.hasPrefix(prefix) }.map { id, upload in
      "<Upload><Key>\(upload.key)</Key><UploadId>\(id.replacing("&", with: "&amp;"))</UploadId></Upload>"
    }
    return .xml("<ListMultipartUploadsResult>\(listed.joined())</ListMultipartUploadsResult>")
  }

  private static func tag(_ bytes: [UInt8]) -> String {
    "\"\(SignatureCheck.sha256(bytes).prefix(32))\""
  }
}
