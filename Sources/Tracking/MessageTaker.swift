import Contacts
import Fields
import Foundation
import Primitives

/// Takes messages in their order (tracking.md 20): an `identify`, a `group` and an `alias` change the contact at once;
/// pages, screens and events are kept to be recorded, as hits are.
package struct MessageTaker: Sendable {
  /// The write keys in use.
  package let keys: WriteKeys
  let tracker: Tracker
  /// The aliases under which the sender's own id of a user may be a unique identifier.
  private static let userAliases = ["userid", "user_id"]

  /// Takes messages. None of them is lost once this has returned; those that came before have no effect.
  ///
  /// - Throws: An error if they could not be kept; the same messages may be sent again.
  package func take(_ messages: [Message], from source: MessageSource) async throws {
    let fields = try await tracker.resolver.recentFields.current()
    var hits: [Hit] = []
    var seen: [Seen: Hit] = [:]
    for message in messages {
      let request = request(message, source, fields)
      let hit = hit(message, request, source)
      do {
        guard message.kind.isRecorded else {
          seen = [:]
          _ = try await tracker.resolver.resolve(request)
          continue
        }
        // Most messages of a batch are about one visitor.
        let who = Seen(request)
        if let known = seen[who] {
          hits.append(hit.by(known))
        } else if let filled = try await tracker.resolver.fill(hit, request) {
          if filled.contact != nil { seen[who] = filled }
          hits.append(filled)
        }
      } catch is RepeatedMessage {
        continue
      } catch  where Breaker.isAway(error) && !Task.isCancelled {
        tracker.logger.debug("a visitor is looked up later", metadata: ["error": "\(error)"])
        hits.append(try Self.later(hit, request))
      }
    }
    try await tracker.buffer.append(hits)
  }

  /// The messages that have the same visitor, if none of them changes who somebody is.
  private struct Seen: Hashable {
    var identities: [VisitIdentity]
    var address: String
    var agent: String

    init(_ request: VisitRequest) {
      identities = request.sender?.identities ?? []
      address = request.address
      agent = request.agent
    }
  }

  /// A hit whose visitor cannot be looked up now, in one part with the others of the same visitor.
  private static func later(_ hit: Hit, _ request: VisitRequest) throws -> Hit {
    var hit = hit
    hit.trackingID = request.sender?.identities.first?.key
    hit.visit = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
    return hit
  }

  // MARK: What a message says

  private func request(
    _ message: Message, _ source: MessageSource, _ fields: FieldSet
  ) -> VisitRequest {
    let isServer = source.key.isServer
    var sender = VisitSender(anonymous: message.anonymous, user: message.user)
    var parameters: [String: String] = [:]
    let traits = MessageTraits(fields: fields)
    switch message.kind {
    case .identify: parameters = traits.contact(message.values)
    case .group: parameters = traits.company(message.values)
    case .alias: sender.previous = message.previous
    case .page, .screen, .track: break
    }
    sender.isTrusted = isServer
    if !message.kind.isRecorded { sender.message = message.id }
    // An id of the sender's that is a unique identifier here is looked up as one.
    if let user = message.user,
      let field = fields.uniqueIdentifiers(.contact).first(where: {
        Self.userAliases.contains($0.alias)
      }), field.isPubliclyUpdatable || sender.isTrusted
    {
      parameters[field.alias] = user
    }
    if let id = message.anonymous, DeviceTrackingStore.isID(id) {
      parameters["mautic_device_id"] = id
    }
    // What apps send of themselves is no browser, and mostly in the list of robots.
    let isBrowser = !isServer && source.agent.hasPrefix("Mozilla/")
    let agent =
      message.context.agent.isEmpty ? (isBrowser ? source.agent : "") : message.context.agent
    var request = VisitRequest(
      parameters: parameters, address: isServer ? message.context.address : source.address,
      agent: agent, languages: isServer ? "" : source.languages,
      hasPrivacySignal: source.hasPrivacySignal, at: source.at,
      claim: DeviceTrackingStore.makeID())
    request.sender = sender
    return request
  }

  private func hit(_ message: Message, _ request: VisitRequest, _ source: MessageSource) -> Hit {
    var hit = Hit(id: message.id, at: message.at)
    let context = message.context
    hit.agent = request.agent
    hit.browserLanguages = request.languages
    hit.timezone = context.timezone
    hit.locale = context.locale.replacing("-", with: "_")
    switch message.kind {
    case .page, .screen:
      func value(_ name: String, _ other: String) -> String {
        message.values[name]?.text.flatMap { $0.isEmpty ? nil : line($0, upTo: 8 * 1024) } ?? other
      }
      let isScreen = message.kind == .screen
      hit.url =
        isScreen ? message.name : value("url", context.url.isEmpty ? message.name : context.url)
      hit.title = line(isScreen ? message.name : value("title", context.title), upTo: 500)
      hit.referrer = isScreen ? "" : value("referrer", context.referrer)
      hit.language = line(context.locale, upTo: 50)
      hit.query = Self.query(message)
    case .track:
      hit.kind = .event
      hit.event = message.name
      hit.url = context.url
      hit.query = Self.text(message.values)
      (hit.source, hit.sourceID) = ("write_key", source.key.id)
    case .identify, .group, .alias: hit.kind = .visit
    }
    return hit
  }

  /// The parameters of a page hit: the properties that are no objects, and those of the campaign under their names.
  private static func query(_ message: Message) -> String {
    var parameters: [String: String] = [:]
    if case .object(let members) = message.values {
      for (name, value) in members where parameters.count < PageParameters.count {
        if let text = value.text { parameters[line(name, upTo: 100)] = line(text, upTo: 8 * 1024) }
      }
    }
    for (name, value) in message.context.campaign where !value.isEmpty {
      parameters["utm_\(name == "name" ? "campaign" : name)"] = value
    }
    return JSONLine.object(parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  private static func text(_ value: JSONValue) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let result = Result { try encoder.encode(value) }
    // Numbers that JSON cannot write were refused when the message was read.
    if case .success(let bytes) = result { return String(decoding: bytes, as: UTF8.self) }
    return "{}"
  }
}

extension Hit {
  /// The hit, with the visitor of another one.
  fileprivate func by(_ other: Hit) -> Hit {
    var hit = self
    hit.contact = other.contact
    hit.device = other.device
    hit.trackingID = other.trackingID
    hit.address = other.address
    return hit
  }
}
