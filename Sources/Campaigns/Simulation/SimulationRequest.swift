package import Contacts
package import Foundation

/// What is to be simulated.
package struct SimulationRequest: Sendable {
  /// Bounds on what a simulation may ask for.
  package enum Limits {
    /// Contacts at the most.
    package static let contacts = 100
    /// Acts at the most.
    package static let acts = 1_000
    /// Years at the most.
    package static let years = 20
    /// Entries executed at the most.
    package static let entries = 100_000
    /// How long it may take; it shows how far it came by then.
    package static let time = Duration.seconds(20)
  }

  /// A contact that takes part.
  package enum Someone: Sendable, Equatable {
    /// A real one, as it is now.
    case real(Int64)
    /// One made up for it: values of fields, tags, segments.
    case made(fields: [String: JSONValue], tags: [String], segments: [Int64])

    /// The number of a real one.
    var number: Int64? { if case .real(let id) = self { id } else { nil } }
  }

  /// When something happens.
  package enum When: Sendable, Equatable {
    /// At an instant.
    case at(Date)
    /// So long after the start.
    case afterStart(String)
    /// So long after the contact's entry of an event was executed.
    case afterEvent(EventReference, String)
  }

  /// Something that a contact does, or that happens to it.
  package struct Act: Sendable {
    /// The place of the contact in the list; nil: all of them.
    package var contact: Int?
    package var when: When
    package var what: What
  }

  /// What happens.
  package enum What: Sendable {
    /// The contact acts: a type of decision, what it is about, further facts.
    case act(type: String, objects: [Int64], url: String?, details: [String: String])
    /// The contact's record changes.
    case change(
      fields: [String: JSONValue], addTags: [String], removeTags: [String],
      addSegments: [Int64], removeSegments: [Int64])
    /// It is taken out of the campaign by hand.
    case leave
    /// It is put into the campaign by hand.
    case enter
  }

  /// The saved campaign; nil where one is given.
  package var campaign: Int64?
  /// A campaign that need not be saved; with ``campaign``, what is changed of it.
  package var input: CampaignInput?
  /// The instant at which it begins.
  package var start: Date
  /// The instant until which it runs.
  package var end: Date
  /// Who takes part.
  package var contacts: [Someone]
  /// What happens on the way.
  package var acts: [Act]
  /// Whether webhooks fail.
  package var webhooksFail: Bool

  /// Reads a request (api.md 8.4).
  ///
  /// - Parameters:
  ///   - json: The body.
  ///   - campaign: The saved campaign that the path names, if it names one.
  ///   - now: The start where none is given.
  /// - Throws: `InvalidInput`.
  package init(
    json: JSONValue, campaign: Int64?, now: Date
  ) throws(InvalidInput) {
    self.campaign = campaign
    var problems: [InvalidInput.Problem] = []
    func refuse(_ member: String, _ message: String) {
      problems.append(.init(member: member, message: message))
    }
    func refuse(_ member: String, at place: Int?, _ error: InvalidInput) {
      for problem in error.problems {
        let path = [place.map(String.init), problem.member, problem.message]
        refuse(member, path.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": "))
      }
    }
    func items(_ member: String, most: Int) -> [JSONValue] {
      switch json[member] {
      case nil, .null?, .string("")?: return []
      case .array(let items)?:
        if items.count > most { refuse(member, "at most \(most), not \(items.count)") }
        return Array(items.prefix(most))
      default:
        refuse(member, "must be a list")
        return []
      }
    }
    if let given = json["campaign"], given != .null {
      do throws(InvalidInput) {
        input = try Self.input(given)
      } catch {
        refuse("campaign", at: nil, error)
      }
    }
    start = now
    if let text = json["start"]?.text, !text.isEmpty {
      if let date = InstantText.parse(text) {
        start = date
      } else {
        refuse("start", "\(InvalidInput.shown(text)) is no date")
      }
    }
    end = start.addingTimeInterval(365 * 86_400)
    if let text = json["until"]?.text, !text.isEmpty {
      if let date = InstantText.parse(text) {
        end = date
      } else if let delay = DelayText(text) {
        end = delay.added(to: start, FireZone(.gmt))
      } else {
        refuse("until", "\(InvalidInput.shown(text)) is neither a date nor a duration")
      }
    }
    if end < start || end.timeIntervalSince(start) > Double(Limits.years) * 366 * 86_400 {
      refuse("until", "is not between the start and \(Limits.years) years later")
    }
    contacts = []
    acts = []
    webhooksFail = json.truth("webhooksFail")
    for (index, item) in items("contacts", most: Limits.contacts).enumerated() {
      do throws(InvalidInput) {
        contacts.append(try Self.someone(item))
      } catch {
        refuse("contacts", at: index, error)
      }
    }
    if contacts.isEmpty { contacts = [.made(fields: [:], tags: [], segments: [])] }
    for (index, item) in items("acts", most: Limits.acts).enumerated() {
      do throws(InvalidInput) {
        acts.append(try Self.act(item, contacts.count))
      } catch {
        refuse("acts", at: index, error)
      }
    }
    guard problems.isEmpty else {
      var error = InvalidInput("", "")
      error.problems = problems
      throw error
    }
  }

  /// A campaign as the wire writes it, as far as it matters to a simulation.
  private static func input(_ json: JSONValue) throws(InvalidInput) -> CampaignInput {
    guard case .object = json else { throw InvalidInput("", "must be an object") }
    var input = CampaignInput()
    input.name = json["name"]?.text
    if json["allowRestart"] != nil { input.allowsRestart = json.truth("allowRestart") }
    if json["lists"] != nil { input.segments = try numbers("lists", json) }
    if json["forms"] != nil { input.forms = try numbers("forms", json) }
    input.canvas = json["canvasSettings"]
    switch json["events"] {
    case nil, .null?: break
    case .array(let items)?:
      var events: [EventInput] = []
      for (place, item) in items.enumerated() {
        guard case .object(var members) = item else {
          throw InvalidInput("events", "\(place): must be an object")
        }
        // Whoever leaves out the id of an event means a new one.
        if [nil, .null, .string("")].contains(members["id"]) {
          members["id"] = .string("new at \(place)")
        }
        guard let event = EventInput(json: .object(members)) else {
          throw InvalidInput(
            "events", "\(place): the id must be a number, or a text that begins with new")
        }
        events.append(event)
      }
      input.events = events
    default: throw InvalidInput("events", "must be a list")
    }
    return input
  }

  private static func numbers(
    _ member: String, _ json: JSONValue
  ) throws(InvalidInput) -> [Int64] {
    guard let ids = json.ids(member) else { throw InvalidInput(member, "must be a list of ids") }
    return ids
  }

  private static func someone(_ json: JSONValue) throws(InvalidInput) -> Someone {
    if let id = json.int { return .real(Int64(id)) }
    guard case .object(let members) = json else {
      throw InvalidInput("", "is neither a number nor an object")
    }
    if let id = members["id"]?.int { return .real(Int64(id)) }
    var fields = members
    if case .object(let given)? = members["fields"] { fields = given }
    for name in ["tags", "segments", "fields", "id"] { fields[name] = nil }
    return .made(
      fields: fields, tags: json.texts("tags"), segments: try numbers("segments", json))
  }

  private static func act(_ json: JSONValue, _ count: Int) throws(InvalidInput) -> Act {
    var contact: Int?
    if let given = json["contact"], given != .null {
      guard let place = given.int, (0..<count).contains(place) else {
        throw InvalidInput("contact", "is no place in the list of contacts, counted from 0")
      }
      contact = place
    }
    let after = json["after"]?.text
    if let after, DelayText(after) == nil {
      throw InvalidInput("after", "\(InvalidInput.shown(after)) is no duration such as 3 days")
    }
    let when: When
    if let text = json["at"]?.text, !text.isEmpty {
      guard let date = InstantText.parse(text) else {
        throw InvalidInput("at", "\(InvalidInput.shown(text)) is no date")
      }
      when = .at(date)
    } else if let event = EventReference(json["event"]), json["event"] != .null {
      when = .afterEvent(event, after ?? "0s")
    } else {
      when = .afterStart(after ?? "0s")
    }
    return Act(contact: contact, when: when, what: try what(json))
  }

  private static func what(_ json: JSONValue) throws(InvalidInput) -> What {
    if let change = json["change"] {
      guard case .object = change else { throw InvalidInput("change", "is no object") }
      var fields: [String: JSONValue] = [:]
      if case .object(let given)? = change["fields"] { fields = given }
      return .change(
        fields: fields, addTags: change.texts("addTags"), removeTags: change.texts("removeTags"),
        addSegments: try numbers("addSegments", change),
        removeSegments: try numbers("removeSegments", change))
    }
    switch json["type"]?.text {
    case "leave"?: return .leave
    case "enter"?: return .enter
    case let type? where !type.isEmpty:
      var details: [String: String] = [:]
      if case .object(let given)? = json["details"] { details = given.compactMapValues(\.text) }
      return .act(
        type: type, objects: try numbers("objects", json), url: json["url"]?.text, details: details)
    default:
      throw InvalidInput("type", "is required: a type of decision, enter, leave; or change")
    }
  }
}
