/** Every sentence of the page, in Vietnamese and English. */
import { createContext, useContext } from 'react';

export const LANGUAGES = ['vi', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const vi = {
  signIn: 'Đăng nhập bằng định danh điện tử',
  signOut: 'Đăng xuất',
  signInAgain: 'Đăng nhập lại',
  ended: 'Phiên làm việc đã hết hạn. Hãy đăng nhập lại để tiếp tục.',
  unreachable: 'Không kết nối được với cổng Citizen Graph. Hãy kiểm tra mạng rồi thử lại.',
  notGraphql: 'Máy chủ không trả lời bằng GraphQL',
  retry: 'Thử lại',
  loading: 'Đang tải…',
  examples: 'Ví dụ',
  chooseExample: 'Chọn một ví dụ…',
  language: 'Ngôn ngữ',
  signedInAs: 'Đang đăng nhập',
  sources: 'Nguồn dữ liệu',
  noSources: 'Chạy một truy vấn để xem nguồn nào đã trả lời.',
  answeredOf: (answered: number, all: number) => `${answered}/${all} đã trả lời`,
  slowest: (ms: string) => `chậm nhất ${ms}`,
  records: (count: number) => `${count} bản ghi`,
  firstQuery: '# Viết truy vấn ở đây, hoặc chọn một ví dụ ở thanh trên.\n',
  states: {
    ANSWERED: 'đã trả lời',
    NO_RECORD: 'không có dữ liệu',
    NOT_ASKED: 'không hỏi',
    TIMED_OUT: 'quá thời gian',
    UNAVAILABLE: 'không kết nối được',
    REFUSED: 'từ chối',
    BLOCKED_BY_CITIZEN: 'công dân đã chặn',
    NOT_PERMITTED: 'không được phép',
    IDENTITY_MISMATCH: 'sai người, đã giữ lại',
    INVALID_ANSWER: 'trả lời không hợp lệ',
    STALE: 'dữ liệu cũ',
  } as Record<string, string>,
};

export type Words = typeof vi;

const en: Words = {
  signIn: 'Sign in with e-ID',
  signOut: 'Sign out',
  signInAgain: 'Sign in again',
  ended: 'Your session has ended. Sign in again to go on.',
  unreachable: 'Citizen Graph cannot be reached. Check the network and try again.',
  notGraphql: 'The server did not answer in GraphQL',
  retry: 'Try again',
  loading: 'Loading…',
  examples: 'Examples',
  chooseExample: 'Choose an example…',
  language: 'Language',
  signedInAs: 'Signed in as',
  sources: 'Sources',
  noSources: 'Run a query to see which sources answered.',
  answeredOf: (answered, all) => `${answered}/${all} answered`,
  slowest: (ms) => `slowest ${ms}`,
  records: (count) => (count === 1 ? '1 record' : `${count} records`),
  firstQuery: '# Write a query here, or choose an example in the bar above.\n',
  states: {
    ANSWERED: 'answered',
    NO_RECORD: 'no record',
    NOT_ASKED: 'not asked',
    TIMED_OUT: 'timed out',
    UNAVAILABLE: 'unavailable',
    REFUSED: 'refused',
    BLOCKED_BY_CITIZEN: 'blocked by citizen',
    NOT_PERMITTED: 'not permitted',
    IDENTITY_MISMATCH: 'wrong person, withheld',
    INVALID_ANSWER: 'invalid answer',
    STALE: 'stale',
  },
};

const WORDS: Record<Language, Words> = { vi, en };
const KEPT = 'citizen-graph.language';

export function wordsOf(language: Language): Words {
  return WORDS[language];
}

/** The name of a state in the reader's language; a state we do not know is shown as it came. */
export function stateName(words: Words, state: string): string {
  return Object.hasOwn(words.states, state) ? (words.states[state] ?? state) : state;
}

export const LanguageContext = createContext<Language>('vi');

export function useWords(): Words {
  return wordsOf(useContext(LanguageContext));
}

/** The language chosen last on this device, else English where the browser prefers it, else Vietnamese. */
export function firstLanguage(): Language {
  const wanted = keptLanguage() ?? navigator.language.slice(0, 2);
  return wanted === 'en' ? 'en' : 'vi';
}

/** Remembers the language, and nothing else, on this device. */
export function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(KEPT, language);
  } catch {
    // Storage is refused (a private window): the choice then lasts as long as the page.
  }
}

function keptLanguage(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // storage is refused
  }
}
