import ArgumentParser
package import Fields
import Foundation
package import Imports
import Runtime

/// `martlet import FILE`
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Submits a CSV of contacts or companies.",
    discussion: """
      Hands the file to the database of MARTLET_DATABASE_URL, as an operator: no login is needed. \
      With --url it is sent to an API elsewhere. Workers do the rest. Without --map the columns \
      are recognised by their names; with it, only the columns named are imported.
      """)

  @Argument(help: "The file; - is standard input.", completion: .file())
  var file: String

  @Option(
    name: .customLong("map"),
    help: ArgumentHelp("A column and the field it goes to; may be repeated.", valueName: "C=F"))
  var mapping: [ColumnMapping] = []

  @Option(help: "Add every contact to the segment with this alias.")
  var segment: String?

  @Option(help: "Add this tag to every contact, or remove it with a leading -; may be repeated.")
  var tag: [String] = []

  @Option(help: "The user, by name or e-mail address, who owns contacts whose row names nobody.")
  var owner: String?

  @Option(help: "What the rows are: contact or company.")
  var object: ImportObject = .contact

  @Option(help: "The file's encoding where it is not UTF-8; auto guesses it.")
  var encoding: String?

  @Option(help: "The character between two values where it is not detected rightly.")
  var delimiter: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Whether the first row names the columns, where it is not detected rightly.")
  var header: Bool?

  @Option(help: "The line on which the table begins, where others come before it.")
  var firstLine: Int?

  @Option(help: "The order of day, month and year in dates: dmy, mdy or ymd.")
  var dateOrder: DateOrder?

  @Option(help: "The character before decimal places: a point or a comma.")
  var decimalMark: DecimalMark?

  @Option(help: "The text between two tags in a cell, if it is not |.")
  var tagSeparator: String?

  @Flag(help: "Leave fields alone that have a value already.")
  var skipIfExists = false

  @Flag(help: "Import although no mapped column tells two rows apart.")
  var allowDuplicates = false

  @Flag(help: "Show the progress and end with the counts; exit status 1 where the import fails.")
  var watch = false

  @OptionGroup var output: OutputOptions

  @OptionGroup var remote: RemoteOptions

  func run() async throws {
    let source = try FileSource(file)
    if let api = try remote.api() {
      let desk = try RemoteImports(url: api.url, user: api.user, password: api.password)
      try await run(source, desk)
    } else {
      try await Tool.run { tool in try await run(source, DirectImports(tool)) }
    }
  }

  private func run(_ source: FileSource, _ desk: any ImportDesk) async throws {
    var item = try await desk.submit(source, try await options(desk))
    let watching = ImportWatch(desk)
    if watch { item = try await watching.follow(item.id) }
    if output.json {
      try Console.json(item)
    } else {
      item.print()
      if watch { try await watching.showFailures(of: item) }
    }
    if watch, item.status != ImportStatus.imported.name { throw ExitCode(1) }
  }

  /// The settings that say how to read the file.
  var parser: ImportParserSettings {
    ImportParserSettings(
      delimiter: delimiter, encoding: encoding, header: header, firstLine: firstLine,
      dateOrder: dateOrder, decimalMark: decimalMark, tagSeparator: tagSeparator)
  }

  private func options(_ desk: any ImportDesk) async throws -> ImportOptions {
    var fields: [String: String] = [:]
    for column in mapping {
      guard fields.updateValue(column.field, forKey: column.name) == nil else {
        throw ValidationError("--map names the column \(column.name) twice")
      }
    }
    return ImportOptions(
      object: object,
      originalFile: file == "-" ? "standard input" : URL(fileURLWithPath: file).lastPathComponent,
      fields: fields.isEmpty ? nil : fields,
      defaults: ImportDefaults(
        owner: try await desk.user(owner), list: try await desk.segment(segment),
        tags: tag, skipIfExists: skipIfExists),
      parser: parser,
      allowDuplicates: allowDuplicates)
  }
}

/// `COLUMN=FIELD`; the last `=` divides, because columns may hold one and fields may not.
struct ColumnMapping: ExpressibleByArgument {
  let name: String
  let field: String

  init?(argument: String) {
    guard let equals = argument.lastIndex(of: "="), equals != argument.startIndex else {
      return nil
    }
    name = String(argument[..<equals])
    field = String(argument[argument.index(after: equals)...])
    if field.isEmpty { return nil }
  }
}

extension DateOrder: ExpressibleByArgument {}

extension DecimalMark: ExpressibleByArgument {}

extension ImportObject: ExpressibleByArgument {
  /// Reads `contact` or `company`.
  package init?(argument: String) { self.init(name: argument) }
}
