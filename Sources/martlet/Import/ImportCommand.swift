public import ArgumentParser
import Foundation
public import Imports

/// `martlet import FILE`
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Submits a CSV of contacts or companies.",
    discussion: """
      Writes to the database of MARTLET_DATABASE_URL, as an operator: no login is needed, and the \
      workers do the rest. Without --map the columns are recognised by their names; with it, only \
      the columns named are imported. A file named - is standard input.
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

  @Option(help: "The file's encoding where it is not detected rightly.")
  var encoding: String?

  @Option(help: "The character between two values where it is not detected rightly.")
  var delimiter: String?

  @Flag(help: "Leave fields alone that have a value already.")
  var skipIfExists = false

  @Flag(help: "Import although no mapped column tells two rows apart.")
  var allowDuplicates = false

  @Flag(help: "Show the progress and end with the counts; exit status 1 where the import fails.")
  var watch = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let source = try FileSource(file)
    try await Tool.run { tool in
      let submission = ImportSubmission(tool)
      let options = try await options(submission)
      var item = try await submission.submit(source, options)
      if watch { item = try await ImportWatch(submission.service).follow(item.id) }
      let summary = ImportSummary(item, now: tool.backends.clock.now)
      if output.json { try Console.json(summary) } else { summary.print() }
      if watch {
        if !output.json { try await submission.showFailures(of: item) }
        if item.status != .imported { throw ExitCode(1) }
      }
    }
  }

  private func options(_ submission: ImportSubmission) async throws -> ImportOptions {
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
        owner: try await submission.user(owner), list: try await submission.segment(segment),
        tags: tag, skipIfExists: skipIfExists),
      parser: ImportParserSettings(delimiter: delimiter, encoding: encoding),
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

extension ImportObject: ExpressibleByArgument {
  /// Reads `contact` or `company`.
  public init?(argument: String) { self.init(name: argument) }
}
