#!/usr/bin/env node
import { runCommand } from './bundle.js';
await runCommand();
