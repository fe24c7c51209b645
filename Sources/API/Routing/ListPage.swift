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
        var pieces = page.makePieces(of: page.pieceBytes)
        while let piece = pieces.next() { try await writer.write(ByteBuffer(bytes: piece)) }
        try await writer.finish(nil)
      })
  }

  private var whole: [UInt8]? {
    var pieces = makePieces(of: wholeBytes)
    let first = pieces.next()
    return pieces.isDone ? first : nil
  }

  private func makePieces(of bytes: Int) -> Pieces {
    Pieces(page: self, write: resource.writer(request, view), size: bytes)
  }

  /// The page in pieces of whole rows.
  private struct Pieces {
    let page: ListPage
    let write: EntityWriter<Resource.Entity>
    /// The bytes at which a piece ends.
    let size: Int
    var json = JSONWriter(capacity: 4096)
    var place = -1

    /// Whether there are no more pieces.
    var isDone: Bool { place > page.entities.count }

    private var isKeyed: Bool {
      if case .keyedByID(let emptyObject) = page.resource.shape {
        return emptyObject || !page.entities.isEmpty
      }
      return false
    }

    mutating func next() -> [UInt8]? {
      guard place <= page.entities.count else { return nil }
      if place < 0 { begin() }
      while place < page.entities.count, json.bytes.count < size {
        let entity = page.entities[place]
        if isKeyed { json.key(String(page.resource.id(of: entity))) }
        write(entity, &json)
        place += 1
        // The others are expected to be as long as the first.
        if place == 1 { json.reserve(min(size, json.bytes.count * (page.entities.count + 1))) }
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
