import Foundation
import Primitives

/// JSON that a provider made; its size is bounded where it comes in.
enum ProviderJSON {
  /// The deepest nesting of lists and objects.
  private static let maximumDepth = 16

  /// Reads an object.
  ///
  /// - Parameter name: What it is, for the error.
  /// - Throws: ``OpenIDError/invalid(_:)``.
  static func object(_ bytes: [UInt8], _ name: String) throws(OpenIDError) -> JSONValue {
    guard depth(bytes) <= maximumDepth else { throw .invalid("\(name) is nested too deeply") }
    do {
      let value = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
      if case .object = value { return value }
    } catch {
      // The decoder's own words tell nothing more.
      throw .invalid("\(name) is no JSON")
    }
    throw .invalid("\(name) is no JSON object")
  }

  /// The most brackets that are open at once, those inside of texts among them.
  private static func depth(_ bytes: [UInt8]) -> Int {
    var (depth, deepest) = (0, 0)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        deepest = max(deepest, depth)
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
    }
    return deepest
  }
}

extension JSONValue {
  /// Whether it is a text, the same byte for byte: texts are equal to Swift that only look so.
  func isText(_ text: String) -> Bool {
    guard case .string(let own) = self else { return false }
    return own.utf8.elementsEqual(text.utf8)
  }
}
