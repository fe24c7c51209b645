import Assets
import Campaigns
import Contacts
import Fields
import Reports
import Segments
import Themes

/// Errors of records that contacts consist of or are sorted by, with their own answers.
protocol RecordError: Error {
  var answer: APIError { get }
}

extension FieldError: RecordError {
  var answer: APIError {
    switch self {
    case .invalid(let problems): .validation(problems)
    case .notFound: .notFound
    case .isFixed: APIError(.forbidden, "A standard field cannot be deleted.")
    case .inUse: APIError(.unprocessableContent, "The field cannot be deleted: \(self).")
    case .notText:
      .validation([
        ("isUniqueIdentifier", ["needs a type that is stored as text of limited length"])
      ])
    case .tooManyIndexes: .validation([("isIndex", ["\(self)"])])
    case .busy: .unavailable("The table is in use; try again.")
    }
  }
}

extension CompanyError: RecordError {
  var answer: APIError {
    switch self {
    case .invalid(let problems): .validation(problems)
    case .unknown, .unknownContacts: .notFound
    case .busy: .unavailable("The company is in use; try again.")
    }
  }
}

extension MediaError: RecordError {
  var answer: APIError {
    switch self {
    case .unknownFolder, .extensionNotAllowed, .empty: APIError(.notAcceptable, description)
    case .tooLarge: .tooLarge(description)
    case .tooSlow: APIError(.requestTimeout, description)
    case .notFound: APIError(.notFound, description)
    }
  }
}

extension ThemeError: RecordError {
  var answer: APIError {
    switch self {
    case .builtIn: APIError(.forbidden, description)
    case .tooMany: .conflict(description)
    }
  }
}

extension ReportError: RecordError {
  var answer: APIError {
    switch self {
    case .forbidden: APIError(.forbidden, "Access denied: \(self).")
    case .busy: .unavailable("Try again: \(self).")
    case .tooSlow: .unavailable("The database did not answer in time: \(self).")
    }
  }
}

extension UnknownCategory: RecordError {
  var answer: APIError { APIError(.internalServerError, description) }
}

extension SegmentError: RecordError {
  var answer: APIError {
    switch self {
    case .invalid(let problems):
      return .validation(problems.map { ($0.member, [$0.message]) })
    case .forbidden: return .forbidden
    case .inUse: return APIError(.unprocessableContent, description)
    case .tooSlow: return .unavailable(description)
    }
  }
}

extension CampaignError: RecordError {
  var answer: APIError {
    switch self {
    case .invalid(let input): return .invalid(input)
    case .refused(let input):
      var error = APIError.invalid(input)
      error.status = .unprocessableContent
      error.type = "validation"
      return error
    case .conflict(let text): return .conflict(text)
    case .notFound(let text): return APIError(.notFound, text)
    }
  }
}

extension APIError {
  fileprivate static func validation(_ problems: [String: [String]]) -> APIError {
    .validation(problems.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }
}
