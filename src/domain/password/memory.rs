//! The memory that a hash is worked out in: one room for the whole isolate, kept for the next hash.
//!
//! What Wasm has once taken it never gives back, and an isolate has 128 MB. So the room is taken once as large as the first
//! hash wants it, which is what new hashes want. Should an imported one want more, it is taken once more, as large as any
//! may want. Nothing else is ever placed in it, for then a hash would not fit into it again and more would have to be taken.

use std::cell::RefCell;

use argon2::Block;

use super::Parameters;
use crate::error::{Code, Error, Result};

/// Blocks, of 1 KiB, that the largest job needs: those of scrypt, which has up to 2 MiB beside the 64 that both may have.
const MOST: usize = Parameters::MAX_MEMORY_KIB as usize + 2048;
/// Blocks more than that: each loan costs one.
const SPARE: usize = 2048;

thread_local! {
    static ROOM: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Works in `count` blocks and clears them afterwards: from what stands in them a guess can be tested without any of the
/// work that a hash is there to cost.
///
/// # Errors
/// Those of `work`; [`Code::Unavailable`] if there is no memory.
pub fn with_blocks<T>(count: usize, work: impl FnOnce(&mut [Block]) -> Result<T>) -> Result<T> {
    ROOM.with_borrow_mut(|room| {
        if room.capacity() < count {
            let first = room.capacity() == 0;
            take(room, if first { count } else { MOST.saturating_add(SPARE) })?;
        }
        if room.len() < count {
            room.resize(count, Block::new());
        }
        let blocks = room.get_mut(..count).ok_or_else(none)?;
        let result = work(blocks);
        blocks.fill(Block::new());
        result
    })
}

/// Lends the room to an algorithm that takes its memory itself: what it takes is then taken from there.
///
/// # Errors
/// Those of `work`; [`Code::Unavailable`] if there is no memory.
pub fn lend<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    ROOM.with_borrow_mut(|room| {
        if room.capacity() < MOST {
            take(room, MOST.saturating_add(SPARE))?;
        }
        // Blocks are aligned. What the allocator then cuts off at an end others may get, so a little less fits next time.
        let count = room.capacity().saturating_sub(1);
        *room = Vec::new();
        let result = work();
        take(room, count)?;
        result
    })
}

fn take(room: &mut Vec<Block>, count: usize) -> Result<()> {
    // Given back first, so that old and new are never held together.
    *room = Vec::new();
    room.try_reserve_exact(count).map_err(|_| none())
}

fn none() -> Error {
    Error::new(Code::Unavailable, "no memory to hash a password in")
}
