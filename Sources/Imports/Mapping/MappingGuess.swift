import CSV
import Primitives

extension Mapping {
  /// Returns the mapping suggested by the column names (IMP-07). Names that are Martlet's own come before those that
  /// are only usual elsewhere; each target goes to the first column that suggests it, of those with values if there
  /// are any. Company fields are never guessed for contacts by other names than their own: a column `country` means
  /// the contact's.
  ///
  /// A column `id` is guessed only in a whole export of this system: elsewhere it holds the ids of another program,
  /// which would select other people here.
  ///
  /// - Parameters:
  ///   - empty: The columns without values in the first rows.
  ///   - isNamed: Whether the names are those of the file.
  package static func guess(
    headers: [String], catalog: ImportFieldCatalog, empty: Set<Int> = [], isNamed: Bool = true
  ) -> Mapping {
    var guess = MappingGuess(names: ImportColumns(headers: headers).names, catalog, empty)
    if !isNamed {
      // A list of addresses, and nothing else.
      if headers.count == 1, let email = catalog.field(named: "email") {
        guess.take(email.target, 0)
      }
    } else {
      guess.takeOwnNames()
      guess.takeUsualNames()
      if catalog.object == .contact { guess.takeByNeighbours() }
      guess.remark()
    }
    return Mapping(columns: guess.columns, width: headers.count, remarks: guess.remarks)
  }

  /// Refuses to import people who have left another program's list as people to write to, where nobody has said what
  /// its columns mean.
  ///
  /// - Throws: ``ImportError`` with code `mapping`.
  static func checkConsent(_ headers: [String]) throws(ImportError) {
    guard let column = headers.first(where: UsualNames.tellsOfLeaving) else { return }
    throw ImportError(
      .mapping,
      "the column \"\(column)\" says that these people do not want e-mail, or cannot get any; map the columns "
        + "yourself in fields, one of them to doNotEmail, if they are to be contacts here",
      problems: [
        .init(
          field: "fields", value: column, rule: "must be named, as this file is of people who left")
      ])
  }
}

/// A mapping that is being guessed.
private struct MappingGuess {
  let names: [String]
  let catalog: ImportFieldCatalog
  let empty: Set<Int>
  var targets: [ImportTarget?]
  var taken: Set<ImportTarget> = []
  var remarks: [String] = []

  init(names: [String], _ catalog: ImportFieldCatalog, _ empty: Set<Int>) {
    self.names = names
    self.catalog = catalog
    self.empty = empty
    targets = Array(repeating: nil, count: names.count)
  }

  var columns: [Mapping.Column] {
    targets.enumerated().compactMap { index, target in
      target.map { Mapping.Column(index: index, name: names[index], target: $0) }
    }
  }

  mutating func take(_ target: ImportTarget, _ index: Int) {
    if taken.insert(target).inserted { targets[index] = target }
  }

  mutating func takeOwnNames() {
    let isOwnExport = catalog.isOwnExport(names)
    for (index, name) in names.enumerated() where !name.isEmpty {
      guard let field = catalog.guess(name) else { continue }
      if field.target == .id, !isOwnExport {
        remarks.append(
          "the column \"\(name)\" is left out, because it may hold the ids of another program; map it to id "
            + "where it holds the ids of contacts here")
        continue
      }
      take(field.target, index)
    }
  }

  /// Takes names that are usual elsewhere; of several columns for one target one with values.
  mutating func takeUsualNames() {
    for isEmpty in [false, true] {
      for (index, name) in names.enumerated()
      where !name.isEmpty && targets[index] == nil && empty.contains(index) == isEmpty {
        guard catalog.guess(name) == nil, let field = catalog.usual(name) else { continue }
        take(field.target, index)
        guard field.target == .special(.doNotEmail), targets[index] != nil else { continue }
        remarks.append(
          "the column \"\(name)\" is taken as doNotEmail: who has yes there gets no e-mail")
      }
    }
  }

  /// Takes columns whose meaning only shows beside others.
  mutating func takeByNeighbours() {
    // In German and French files a name beside a first name is the last name.
    if taken.contains(.field("firstname")), !taken.contains(.field("lastname")),
      let index = index(of: "name"), targets[index] == nil,
      let field = catalog.field(named: "lastname")
    {
      take(field.target, index)
    }
    // A title beside a salutation is that of a job, as in Salesforce.
    if let title = index(of: "title"), targets[title] == .field("title"),
      !taken.contains(.field("position")), let position = catalog.field(named: "position"),
      let salutation = names.indices.first(where: {
        targets[$0] == nil && UsualNames.alias(of: names[$0]) == "title"
      })
    {
      targets[title] = nil
      take(position.target, title)
      targets[salutation] = .field("title")
    }
    // `What's your email address?`
    if !taken.contains(.field("email")), let email = catalog.field(named: "email") {
      let candidates = names.indices.filter {
        targets[$0] == nil && !empty.contains($0) && UsualNames.asksForAddress(names[$0])
      }
      if candidates.count == 1, let index = candidates.first { take(email.target, index) }
    }
  }

  private func index(of name: String) -> Int? {
    names.firstIndex { CSVHeader.comparableName($0) == name }
  }

  /// The number of columns that a remark names.
  private static let namedColumns = 10

  /// Says which columns with values are left out.
  mutating func remark() {
    let leftOut = names.indices.filter {
      targets[$0] == nil && !names[$0].isEmpty && !empty.contains($0)
        && catalog.guess(names[$0])?.target != .id
    }.map { names[$0] }
    func quoted(_ names: some Sequence<String>) -> String {
      names.map { "\"\($0.prefix(60))\"" }.joined(separator: ", ")
    }
    let consents = leftOut.filter(UsualNames.tellsOfConsent)
    if catalog.object == .contact, !consents.isEmpty {
      remarks.append(
        "columns that may say who wants e-mail are left out: "
          + "\(quoted(consents.prefix(Self.namedColumns))); map one to doNotEmail where yes means no e-mail"
      )
    }
    let others = leftOut.filter { !UsualNames.tellsOfConsent($0) || catalog.object != .contact }
    guard !others.isEmpty else { return }
    let more = others.count - Self.namedColumns
    remarks.append(
      "columns are left out, because no field has their names: "
        + quoted(others.prefix(Self.namedColumns)) + (more > 0 ? " and \(more) more" : ""))
  }
}
