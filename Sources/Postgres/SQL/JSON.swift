import FoundationEssentials

/// A JSON document: bound as `jsonb`, read from `jsonb` and `json`.
public struct JSON: Sendable, Hashable {
  /// The document as UTF-8 text.
  public let bytes: [UInt8]

  /// Wraps a document that is JSON text already; the server checks it.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// Wraps a document that is JSON text already; the server checks it.
  public init(text: String) { bytes = Array(text.utf8) }

  /// Encodes a value; keys are sorted, so equal values give equal text. Dates are written in
  /// ISO 8601, in UTC and with microseconds where they have any.
  public init(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
      let text = PostgresTime.timestampText(
        microseconds: PostgresTime.microseconds(of: date), zone: "Z")
      var container = encoder.singleValueContainer()
      try container.encode(text.replacing(" ", with: "T"))
    }
    bytes = Array(try encoder.encode(value))
  }

  /// The document as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Decodes the document as a value.
  public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
      let container = try decoder.singleValueContainer()
      let text = try container.decode(String.self)
      let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
      do {
        return try style.parse(text)
      } catch {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "no ISO 8601 date")
      }
    }
    return try decoder.decode(type, from: Data(bytes))
  }
}

extension JSON: PostgresEncodable, PostgresDecodable {
  /// `jsonb`
  public static var postgresType: PostgresType { .jsonb }

  /// The version of jsonb's binary form, then the text.
  public func encode(into buffer: inout [UInt8]) {
    buffer.append(1)
    buffer.append(contentsOf: bytes)
  }

  /// From `jsonb`, `json` and `text`.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> JSON {
    switch value.type {
    case .jsonb: JSON(bytes: Array(value.bytes.dropFirst()))
    case .json, .text, .varchar: JSON(bytes: Array(value.bytes))
    default: throw value.mismatch("JSON")
    }
  }
}
