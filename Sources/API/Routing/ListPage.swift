import Hummingbird

/// A page of a list as an answer. A page of many bytes is written piece by piece, as its client takes it.
struct ListPage<Resource: StandardEndpoints>: Sendable {
  let resource: Resource
  let entities: [Resource.Entity]
  let total: Int
  let request: APIRequest
  let view: EntityView

  /// The bytes above which a page is not held whole.
  private var wholeBytes: Int { 1024 * 1024 }
  private var pieceBytes: Int { 64 * 1024 }

  /// The page: whole where it is small.
  var response: APIResponse {
    if let bytes = whole { return APIResponse(jsonBytes: bytes) }
    let page = self
    return APIResponse(
      headers: [.contentType: "application/json"],
      body: .stream { writer in
        var pieces = page.makePieces()
        while let piece = pieces.next() { try await writer.write(ByteBuffer(bytes: piece)) }
        try await writer.finish(nil)
      })
  }

  private var whole: [UInt8]? {
    var bytes: [UInt8] = []
    var pieces = makePieces()
    while let piece = pieces.next() {
      // Most pages are one piece.
      if bytes.isEmpty { bytes = piece } else { bytes += piece }
      if bytes.count > wholeBytes { return nil }
    }
    return bytes
  }

  private func makePieces() -> Pieces {
    Pieces(page: self, write: resource.writer(request, view))
  }

  /// The page in pieces of whole rows.
  private struct Pieces {
    let page: ListPage
    let write: EntityWriter<Resource.Entity>
    var json = JSONWriter(capacity: 4096)
    var place = -1

    private var isKeyed: Bool {
      if case .keyedByID(let emptyObject) = page.resource.shape {
        return emptyObject || !page.entities.isEmpty
      }
      return false
    }

    mutating func next() -> [UInt8]? {
      guard place <= page.entities.count else { return nil }
      if place < 0 { begin() }
      while place < page.entities.count, json.bytes.count < page.pieceBytes {
        let entity = page.entities[place]
        if isKeyed { json.key(String(page.resource.id(of: entity))) }
        write(entity, &json)
        place += 1
      }
      if place == page.entities.count {
        if isKeyed { json.endObject() } else { json.endArray() }
        json.endObject()
        place += 1
      }
      return json.take()
    }

    private mutating func begin() {
      place = 0
      json.beginObject()
      json.key("total")
      if page.resource.totalIsText {
        json.value(String(page.total))
      } else {
        json.value(page.total)
      }
      json.key(page.resource.names.many)
      if isKeyed { json.beginObject() } else { json.beginArray() }
    }
  }
}
